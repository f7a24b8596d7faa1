/** The versions of the tables, oldest first. A released one never changes; a new version adds one. */
import { sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * What makes the limits hold when requests race: one active session per user, one session per slot of a community, one clip per idempotency key
 * and per name of files, one change of a quota per sequence number.
 */
const first: readonly string[] = [
  `create table sessions (
    id text primary key, "userId" text not null, "roomName" text not null, "communityId" text not null, state text not null, recorder text not null,
    "startedAtMs" integer not null, "endedAtMs" integer, "graceFromMs" integer, "recorderId" text, "heartbeatAtMs" integer, "publicationId" text, slot text
  ) strict`,
  `create unique index "sessions_active_user" on sessions ("userId") where state = 'active'`,
  `create unique index "sessions_slot" on sessions (slot)`,
  `create index "sessions_room" on sessions ("roomName", "userId", "startedAtMs")`,
  `create table clips (
    id text primary key, "userId" text not null, "ownerName" text not null, "sessionId" text not null, "roomName" text not null, "communityId" text not null,
    "sharerId" text not null, "sharerName" text not null, state text not null, title text not null, "foldedTitle" text not null, "fileKey" text not null,
    "createdAtMs" integer not null, "requestedMs" real not null, "durationMs" real not null, "startsAtMs" real not null, "endsAtMs" real not null,
    gaps text not null, "sizeBytes" integer not null, video text not null, audio text, "readyAtMs" integer, "pinsGone" integer not null, "idempotencyKey" text
  ) strict`,
  `create unique index "clips_files" on clips ("userId", "fileKey")`,
  `create unique index "clips_idempotency" on clips ("idempotencyKey")`,
  `create index "clips_user" on clips ("userId", "createdAtMs")`,
  `create index "clips_sharer" on clips ("sharerId", "createdAtMs")`,
  `create index "clips_session" on clips ("sessionId")`,
  `create index "clips_state" on clips (state)`,
  `create table posts (
    id text primary key, "channelId" text not null, "clipId" text, "userId" text not null, "userName" text not null, text text not null, "createdAtMs" integer not null
  ) strict`,
  `create index "posts_channel" on posts ("channelId", "createdAtMs")`,
  `create index "posts_clip" on posts ("clipId")`,
  `create table "quotaEntries" (
    "userId" text not null, seq integer not null, kind text not null, "clipId" text not null, "usedBytes" integer not null, "reservedBytes" integer not null,
    "clipBytes" integer not null, "atMs" integer not null, primary key ("userId", seq)
  ) strict`,
  `create index "quota_clip" on "quotaEntries" ("userId", "clipId", seq)`,
  `create table "quotaLimits" ("userId" text primary key, "limitBytes" integer not null) strict`,
  `create table communities (id text primary key, name text not null) strict`,
  `create table rooms ("roomName" text primary key, title text not null, "communityId" text not null) strict`,
  `create index "rooms_community" on rooms ("communityId")`,
  `create table channels (id text primary key, name text not null, "communityId" text not null) strict`,
  `create index "channels_community" on channels ("communityId")`,
  `create table roles ("communityId" text not null, role text not null, permissions text not null, primary key ("communityId", role)) strict`,
  `create table people ("userId" text primary key, name text not null, admin integer not null, description text not null) strict`,
  `create table members ("communityId" text not null, "userId" text not null, roles text not null, primary key ("communityId", "userId")) strict`,
];

/** Sessions of LiveKit rooms, clips of egress's segments, what communities set. */
const livekit: readonly string[] = [
  `alter table sessions add column identity text`,
  `alter table sessions add column "endedBy" text`,
  `alter table clips add column "notYetMs" real not null default 0`,
  `alter table clips add column container text not null default 'cmaf'`,
  `create table "communitySettings" (
    "communityId" text primary key, enabled integer not null, "maxConcurrent" integer, "autoStart" integer not null, "whoMayCapture" text not null
  ) strict`,
];

/** Several servers on one database, what somebody with power changed, lists of a person's or a community's own. */
const servers: readonly string[] = [
  `alter table sessions add column "serverId" text`,
  `create index "sessions_user" on sessions ("userId", "startedAtMs")`,
  `create index "sessions_community" on sessions ("communityId", "startedAtMs")`,
  `create index "posts_user" on posts ("userId", "createdAtMs")`,
  `create index "members_user" on members ("userId")`,
  `create table audit (
    id text primary key, "atMs" integer not null, "actorId" text not null, "actorName" text not null, action text not null, "communityId" text,
    target text not null, "from" text not null, "to" text not null
  ) strict`,
  `create index "audit_time" on audit ("atMs")`,
  `create index "audit_community" on audit ("communityId", "atMs")`,
  `create table servers (id text primary key, url text not null, "heartbeatAtMs" integer not null) strict`,
  `create table leases (name text primary key, holder text not null, "untilMs" integer not null) strict`,
];

/** Sessions whose owner wants nothing recorded for now. */
const pause: readonly string[] = [`alter table sessions add column "pausedAtMs" integer`];

const running = (statements: readonly string[]): Migration => ({
  up: async (database) => {
    for (const statement of statements) await sql.raw(statement).execute(database);
  },
});

/** By name; Kysely runs them in the order of their names, each once. */
export const migrations: Readonly<Record<string, Migration>> = {
  "001-tables": running(first),
  "002-livekit": running(livekit),
  "003-servers": running(servers),
  "004-pause": running(pause),
};
