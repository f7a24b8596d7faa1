/**
 * The database port. Everything that the server remembers besides media files goes through it; `sqlite/` implements it (another database may).
 * Only what any database with unique indexes and single-row atomic updates can do: no transaction over several rows is assumed.
 * Methods that lose a race on a unique index answer `false` (or null): they never throw for it.
 */
import type { ClipState, Gap, Permission, RecorderKind, SessionState } from "@livekit-replay/contract";

/** A session as the catalogue keeps it. Instants are Unix time in ms. */
export interface SessionRow {
  readonly id: string;
  readonly userId: string;
  readonly roomName: string;
  readonly communityId: string;
  readonly state: SessionState;
  readonly recorder: RecorderKind;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** From when the grace counts: `endedAtMs`, or the server's start after a crash if that is later. Null while active. */
  readonly graceFromMs: number | null;
  /** Which recorder process has it, where it listens, and when it was last heard of. Null when none. */
  readonly recorderId: string | null;
  readonly heartbeatAtMs: number | null;
  /** The publication that feeds it; null when none is connected. */
  readonly publicationId: string | null;
  /** LiveKit identity whose share it is; null where the share came by WHIP. */
  readonly identity: string | null;
  /** Why it ended: `stop` somebody stopped it; `share` the share or its source was gone, so that it goes on by itself when the share comes back in time. Null while active. */
  readonly endedBy: "stop" | "share" | null;
  /** `{communityId}:{n}` with n below the community's limit while active, else null. Unique: this is the community's limit. */
  readonly slot: string | null;
}

/** A clip as the catalogue keeps it. Instants are Unix time in ms. */
export interface ClipRow {
  readonly id: string;
  readonly userId: string;
  readonly ownerName: string;
  readonly sessionId: string;
  readonly roomName: string;
  readonly communityId: string;
  readonly sharerId: string;
  readonly sharerName: string;
  readonly state: ClipState;
  readonly title: string;
  /** The `{timestamp}` of its files in the owner's folder. */
  readonly fileKey: string;
  readonly createdAtMs: number;
  readonly requestedMs: number;
  readonly durationMs: number;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly gaps: readonly Gap[];
  /** How much of what was asked for the recorder had not written yet (egress). */
  readonly notYetMs: number;
  /** What its pins are: fragmented MP4 of ours, or egress's MPEG transport streams. */
  readonly container: "cmaf" | "ts";
  /** Bytes that it counts for: the reservation while pinned, the MP4 once ready. */
  readonly sizeBytes: number;
  readonly video: { readonly codec: string; readonly width: number; readonly height: number };
  readonly audio: { readonly codec: string } | null;
  /** When it became `ready`; its pins are kept for an hour from then. */
  readonly readyAtMs: number | null;
  readonly pinsGone: boolean;
  /** `{userId}:{Idempotency-Key}`, unique; null without one. */
  readonly idempotencyKey: string | null;
}

/** A clip shared to a channel. */
export interface PostRow {
  readonly id: string;
  readonly channelId: string;
  /** Null once the clip was deleted. */
  readonly clipId: string | null;
  readonly userId: string;
  readonly userName: string;
  readonly text: string;
  readonly createdAtMs: number;
}

/**
 * One change of a user's quota. Unique by (`userId`, `seq`); `usedBytes` and `reservedBytes` are the balance after it.
 * `reserve` charges a bound for a clip in the making; `commit` turns it into used bytes (at most the bound); `lower` makes a clip smaller; `release` gives all of a clip's bytes back.
 */
export interface QuotaEntry {
  readonly userId: string;
  readonly seq: number;
  readonly kind: "reserve" | "commit" | "lower" | "release";
  readonly clipId: string;
  readonly usedBytes: number;
  readonly reservedBytes: number;
  /** How much of the balance this clip holds after the entry. */
  readonly clipBytes: number;
  readonly atMs: number;
}

/** A page of a library; `page` counts from 1. */
export interface ClipListQuery {
  readonly userId: string;
  readonly page: number;
  readonly pageSize: number;
  readonly sort: "newest" | "oldest" | "longest" | "largest" | "title";
  readonly q: string | undefined;
}

/** What a community has set; null where it leaves the server's default. */
export interface SettingsRow {
  readonly communityId: string;
  readonly enabled: boolean;
  readonly maxConcurrent: number | null;
  readonly autoStart: boolean;
  readonly whoMayCapture: "owner" | "room";
}

/** Rows of what communities have set. */
export interface SettingsRows {
  /** Null: nothing was ever set. */
  find(communityId: string): Promise<SettingsRow | null>;
  /** Writes the whole row, new or not. */
  put(row: SettingsRow): Promise<void>;
  /** Communities whose shares are all recorded. */
  autoStarting(): Promise<string[]>;
}

/** The rows of the built-in directory. */
export interface DirectoryRows {
  putCommunity(row: { id: string; name: string }): Promise<void>;
  putRoom(row: { roomName: string; title: string; communityId: string }): Promise<void>;
  putChannel(row: { id: string; name: string; communityId: string }): Promise<void>;
  putRole(row: { communityId: string; role: string; permissions: readonly Permission[] }): Promise<void>;
  putPerson(row: { userId: string; name: string; admin: boolean; description: string }): Promise<void>;
  putMember(row: { communityId: string; userId: string; roles: readonly string[] }): Promise<void>;
  person(userId: string): Promise<{ userId: string; name: string; admin: boolean; description: string } | null>;
  people(): Promise<{ userId: string; name: string; admin: boolean; description: string }[]>;
  communities(): Promise<{ id: string; name: string }[]>;
  room(roomName: string): Promise<{ roomName: string; title: string; communityId: string } | null>;
  rooms(communityId: string): Promise<{ roomName: string; title: string; communityId: string }[]>;
  channel(channelId: string): Promise<{ id: string; name: string; communityId: string } | null>;
  channels(communityId: string): Promise<{ id: string; name: string; communityId: string }[]>;
  /** Null when not a member. */
  permissionsOf(communityId: string, userId: string): Promise<Permission[] | null>;
}

/** Rows of sessions. One active session per user, one session per slot: unique indexes. */
export interface SessionRows {
  /** False when the user has an active session already, or the slot is taken (`conflict` says which). */
  insert(row: SessionRow): Promise<{ ok: true } | { ok: false; conflict: "user" | "slot" | "id" }>;
  find(id: string): Promise<SessionRow | null>;
  activeOf(userId: string): Promise<SessionRow | null>;
  /** The newest session, active or ended, of a user in a room. */
  newestIn(roomName: string, userId: string): Promise<SessionRow | null>;
  inRoom(roomName: string): Promise<SessionRow[]>;
  /** All rows, active and ended. */
  all(): Promise<SessionRow[]>;
  countActive(communityId: string): Promise<number>;
  /** Changes the fields given, only when the row's state is `state`. False when it is not, or a unique index refuses. */
  update(id: string, state: SessionState, change: Partial<Omit<SessionRow, "id">>): Promise<boolean>;
  /** Heartbeat of all active sessions of a recorder. */
  heartbeat(recorderId: string, atMs: number): Promise<void>;
  remove(id: string): Promise<void>;
}

/** Rows of clips. */
export interface ClipRows {
  /** False when its id, its idempotency key, or its `fileKey` among the user's clips is taken. */
  insert(row: ClipRow): Promise<boolean>;
  find(id: string): Promise<ClipRow | null>;
  byIdempotencyKey(key: string): Promise<ClipRow | null>;
  /** Without clips that are being deleted. `q` is looked for in titles, without regard to case and accents. */
  list(query: ClipListQuery): Promise<{ rows: ClipRow[]; total: number }>;
  /** Clips that others made of a person's shares, newest first; without those being deleted. */
  ofSharer(sharerId: string, page: number, pageSize: number): Promise<{ rows: ClipRow[]; total: number }>;
  /** By session, for what survives a forgotten buffer. */
  ofSession(sessionId: string): Promise<ClipRow[]>;
  inState(states: readonly ClipState[]): Promise<ClipRow[]>;
  all(): Promise<ClipRow[]>;
  /** Changes the fields given when the row's state is one of `states`. False when it is not. */
  update(id: string, states: readonly ClipState[], change: Partial<Omit<ClipRow, "id" | "userId">>): Promise<boolean>;
  remove(id: string): Promise<void>;
}

/** Rows of posts; lists are newest first. */
export interface PostRows {
  insert(row: PostRow): Promise<void>;
  find(id: string): Promise<PostRow | null>;
  list(channelId: string, page: number, pageSize: number): Promise<{ rows: PostRow[]; total: number }>;
  ofClip(clipId: string): Promise<PostRow[]>;
  /** The clip was deleted: its posts stay and say so. */
  detachClip(clipId: string): Promise<void>;
  remove(id: string): Promise<void>;
}

/** The quota ledger's rows; `quotas/ledger` writes them. */
export interface QuotaRows {
  /** The newest entry of a user: the balance. Null when there is none. */
  newest(userId: string): Promise<QuotaEntry | null>;
  /** The newest entry that names a clip. */
  ofClip(userId: string, clipId: string): Promise<QuotaEntry | null>;
  /** False when (`userId`, `seq`) is taken, or `seq` is not the one after the newest: read again and try again. */
  append(entry: QuotaEntry): Promise<boolean>;
  /** For `check`: every user that has entries, and the newest entry of each of its clips. */
  users(): Promise<string[]>;
  clipsOf(userId: string): Promise<QuotaEntry[]>;
  /**
   * Removes entries from before an instant that say nothing any more: not the newest of the user, and replaced by a newer one of the same clip (or a `release`).
   * Answers how many. Where `append` cannot look at the newest number and insert in one step, `beforeMs` must lie further back than any writer can be between reading and appending.
   */
  compact(userId: string, beforeMs: number): Promise<number>;
  /** Null: the default. */
  limitOf(userId: string): Promise<number | null>;
  /** Null: the default again. */
  setLimit(userId: string, limitBytes: number | null): Promise<void>;
}

/** A database. `close` is idempotent. */
export interface Catalog {
  readonly sessions: SessionRows;
  readonly clips: ClipRows;
  readonly posts: PostRows;
  readonly quotas: QuotaRows;
  readonly directory: DirectoryRows;
  readonly settings: SettingsRows;
  /** Throws when the database cannot be reached. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
