/** The tables as Kysely sees them: columns have the names of the port's fields; lists and objects are JSON text, flags 0 or 1. */
import type { Kysely } from "kysely";
import type {
  AuditRow,
  ChannelRow,
  ClipRow,
  CommunityRow,
  MemberRow,
  PersonRow,
  PostRow,
  QuotaEntry,
  RoleRow,
  RoomRow,
  ServerRow,
  SessionRow,
  SettingsRow,
} from "../port.js";

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
  readonly communities: CommunityRow;
  readonly rooms: RoomRow;
  readonly channels: ChannelRow;
  readonly roles: Omit<RoleRow, "permissions"> & { readonly permissions: Json };
  readonly people: Omit<PersonRow, "admin"> & { readonly admin: Flag };
  readonly members: Omit<MemberRow, "roles"> & { readonly roles: Json };
  readonly audit: Omit<AuditRow, "from" | "to"> & { readonly from: Json; readonly to: Json };
  readonly servers: ServerRow;
  readonly leases: { readonly name: string; readonly holder: string; readonly untilMs: number };
}

/** The open database. */
export type Database = Kysely<Tables>;
