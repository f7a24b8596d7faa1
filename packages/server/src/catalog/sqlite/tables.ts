/** The tables as Kysely sees them: columns have the names of the port's fields; lists and objects are JSON text, flags 0 or 1. */
import type { Kysely } from "kysely";
import type { ClipRow, PostRow, QuotaEntry, SessionRow, SettingsRow } from "../port.js";

type Json = string;
type Flag = number;

/** A clip as it is kept. */
export interface ClipTable extends Omit<ClipRow, "gaps" | "video" | "audio" | "pinsGone"> {
  readonly gaps: Json;
  readonly video: Json;
  readonly audio: Json | null;
  readonly pinsGone: Flag;
  /** The title as search and sorting see it (`foldText`). */
  readonly foldedTitle: string;
}

/** What a community has set, as it is kept. */
export interface SettingsTable extends Omit<SettingsRow, "enabled" | "autoStart"> {
  readonly enabled: Flag;
  readonly autoStart: Flag;
}

/** All tables by name. */
export interface Tables {
  readonly sessions: SessionRow;
  readonly clips: ClipTable;
  readonly posts: PostRow;
  readonly quotaEntries: QuotaEntry;
  readonly quotaLimits: { readonly userId: string; readonly limitBytes: number };
  readonly communitySettings: SettingsTable;
  readonly communities: { readonly id: string; readonly name: string };
  readonly rooms: { readonly roomName: string; readonly title: string; readonly communityId: string };
  readonly channels: { readonly id: string; readonly name: string; readonly communityId: string };
  readonly roles: { readonly communityId: string; readonly role: string; readonly permissions: Json };
  readonly people: { readonly userId: string; readonly name: string; readonly admin: Flag; readonly description: string };
  readonly members: { readonly communityId: string; readonly userId: string; readonly roles: Json };
}

/** The open database. */
export type Database = Kysely<Tables>;
