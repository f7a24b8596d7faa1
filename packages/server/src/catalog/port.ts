/**
 * The database port. Everything that the server remembers besides media files goes through it; `sqlite/` and `mongodb/` implement it.
 * Only what any database with unique indexes and single-row atomic updates can do: no transaction over several rows is assumed.
 * Methods that lose a race on a unique index answer `false` (or null): they never throw for it.
 */
import type { AuditKind, ClipState, Gap, Permission, RecorderKind, SessionState } from "@livekit-replay/contract";

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
  /** The server process that has it (`ServerRow.id`); null when none. */
  readonly serverId: string | null;
  /** The publication that feeds it; null when none is connected. */
  readonly publicationId: string | null;
  /** LiveKit identity whose share it is; null where the share came by WHIP. */
  readonly identity: string | null;
  /** Why it ended: `stop` somebody stopped it; `share` the share or its source was gone, so that it goes on by itself when the share comes back in time. Null while active. */
  readonly endedBy: "stop" | "share" | null;
  /** Since when its owner wants nothing recorded; null while recording is wanted. Kept when the session ends, so that one that goes on by itself stays paused. */
  readonly pausedAtMs: number | null;
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
  /** What its pins are: fragmented MP4 of ours, egress's MPEG transport streams, or the MP4 of the clip that it is trimmed from. */
  readonly container: "cmaf" | "ts" | "mp4";
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
  /** Only clips that were kept until then, to the ms. */
  readonly untilMs?: number | undefined;
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

/** A group that owns rooms and channels. */
export interface CommunityRow {
  readonly id: string;
  readonly name: string;
}

/** A room; `roomName` is LiveKit's. */
export interface RoomRow {
  readonly roomName: string;
  readonly title: string;
  readonly communityId: string;
}

/** A text channel. */
export interface ChannelRow {
  readonly id: string;
  readonly name: string;
  readonly communityId: string;
}

/** A named set of permissions in one community. */
export interface RoleRow {
  readonly communityId: string;
  readonly role: string;
  readonly permissions: readonly Permission[];
}

/** A user that the built-in directory knows. */
export interface PersonRow {
  readonly userId: string;
  readonly name: string;
  readonly admin: boolean;
  readonly description: string;
}

/** A user's place in a community. */
export interface MemberRow {
  readonly communityId: string;
  readonly userId: string;
  readonly roles: readonly string[];
}

/** The rows of the built-in directory. Every `put…` writes the whole row, new or not; every `remove…` answers whether there was one. Lists are sorted by name, then id. */
export interface DirectoryRows {
  putCommunity(row: CommunityRow): Promise<void>;
  putRoom(row: RoomRow): Promise<void>;
  putChannel(row: ChannelRow): Promise<void>;
  putRole(row: RoleRow): Promise<void>;
  putPerson(row: PersonRow): Promise<void>;
  putMember(row: MemberRow): Promise<void>;
  person(userId: string): Promise<PersonRow | null>;
  people(): Promise<PersonRow[]>;
  community(id: string): Promise<CommunityRow | null>;
  communities(): Promise<CommunityRow[]>;
  room(roomName: string): Promise<RoomRow | null>;
  rooms(communityId: string): Promise<RoomRow[]>;
  channel(channelId: string): Promise<ChannelRow | null>;
  channels(communityId: string): Promise<ChannelRow[]>;
  role(communityId: string, role: string): Promise<RoleRow | null>;
  roles(communityId: string): Promise<RoleRow[]>;
  member(communityId: string, userId: string): Promise<MemberRow | null>;
  members(communityId: string): Promise<MemberRow[]>;
  /** A user's places in all communities. */
  membershipsOf(userId: string): Promise<MemberRow[]>;
  /** Null when not a member. Roles that are gone give nothing. */
  permissionsOf(communityId: string, userId: string): Promise<Permission[] | null>;
  /** With its rooms, channels, roles, members and settings; its own row goes last, so that a removal that was cut short can be done again. */
  removeCommunity(id: string): Promise<boolean>;
  removeRoom(roomName: string): Promise<boolean>;
  removeChannel(channelId: string): Promise<boolean>;
  removeRole(communityId: string, role: string): Promise<boolean>;
  removeMember(communityId: string, userId: string): Promise<boolean>;
  /** With their places in communities; their own row goes last. */
  removePerson(userId: string): Promise<boolean>;
}

/** One change that somebody with power made. Never changed, never removed. */
export interface AuditRow {
  readonly id: string;
  readonly atMs: number;
  readonly actorId: string;
  readonly actorName: string;
  /** `{what}.{verb}`: `community_config.edit`, `user_quota.edit`, `session.stop`, `member.put`, … */
  readonly action: string;
  /** In which community; null for what belongs to none. */
  readonly communityId: string | null;
  /** Id of what was changed. */
  readonly target: string;
  /** What was before and after, as JSON values; null where there was nothing. */
  readonly from: unknown;
  readonly to: unknown;
}

/** A page of the audit log; `page` counts from 1. */
export interface AuditQuery {
  /** Only of this community; undefined: all. */
  readonly communityId?: string | undefined;
  /** Only actions that begin with it; undefined: all. */
  readonly kind?: AuditKind | undefined;
  /** Only of this person; undefined: of all. */
  readonly actorId?: string | undefined;
  /** Only from this instant on; undefined: from the first. */
  readonly fromMs?: number | undefined;
  /** Only before this instant; undefined: to the last. */
  readonly toMs?: number | undefined;
  readonly page: number;
  readonly pageSize: number;
}

/** The audit log, newest first. */
export interface AuditRows {
  append(row: AuditRow): Promise<void>;
  list(query: AuditQuery): Promise<{ rows: AuditRow[]; total: number }>;
}

/** A server process on this database. */
export interface ServerRow {
  readonly id: string;
  /** Where the other servers reach it, without a slash at its end. */
  readonly url: string;
  readonly heartbeatAtMs: number;
}

/** Which servers are there. */
export interface ServerRows {
  /** Writes the whole row, new or not. */
  put(row: ServerRow): Promise<void>;
  find(id: string): Promise<ServerRow | null>;
  all(): Promise<ServerRow[]>;
  remove(id: string): Promise<void>;
}

/** Leases: work that one server does for all. One row per name, unique; changed only by guarded updates of that one row. */
export interface LeaseRows {
  /** True when `holder` has the lease until `untilMs` now: it was free, over at `nowMs`, or its own already. */
  take(name: string, holder: string, nowMs: number, untilMs: number): Promise<boolean>;
  /** True when `holder` has it still, and nobody else had it since it was taken; then until `untilMs`. One that is over and that nobody wanted counts as had. */
  renew(name: string, holder: string, untilMs: number): Promise<boolean>;
  /** Gives it up when `holder` has it. */
  release(name: string, holder: string): Promise<void>;
  /** Gives up all that a holder has: it is gone. */
  releaseOf(holder: string): Promise<void>;
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
  /** Of a person, in whatever state. */
  ofUser(userId: string): Promise<SessionRow[]>;
  /** Of a community, in whatever state. */
  ofCommunity(communityId: string): Promise<SessionRow[]>;
  /** All rows, active and ended. */
  all(): Promise<SessionRow[]>;
  countActive(communityId: string): Promise<number>;
  /**
   * Changes the fields given, only when the row's state is `state` and, where `serverId` is given, only when that server has it.
   * False when it is not so, or a unique index refuses.
   */
  update(id: string, state: SessionState, change: Partial<Omit<SessionRow, "id">>, serverId?: string | null): Promise<boolean>;
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
  /** Every clip of a person, in whatever state, oldest first. */
  ofUser(userId: string): Promise<ClipRow[]>;
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
  /** The channel is gone: so are its posts. Answers how many. */
  removeOfChannel(channelId: string): Promise<number>;
  /** What a person posted, oldest first. */
  ofUser(userId: string): Promise<PostRow[]>;
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
  readonly audit: AuditRows;
  readonly servers: ServerRows;
  readonly leases: LeaseRows;
  /** Throws when the database cannot be reached. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
