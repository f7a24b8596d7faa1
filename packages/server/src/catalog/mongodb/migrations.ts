/**
 * The versions of the collections, oldest first. A released one never changes; a new version adds one. Several processes may run the same one at once,
 * and one that was killed is run again: each step must bear that.
 */
import { type Collection, type Db, type IndexSpecification, MongoServerError } from "mongodb";
import { uniqueViolation } from "./errors.js";

interface Index {
  readonly collection: string;
  readonly name: string;
  readonly key: IndexSpecification;
  /** `always`: every document has the fields; `present`: documents without the field do not count. */
  readonly unique?: "always" | "present";
}

/**
 * What makes the limits hold when requests race: one active session per user, one session per slot of a community, one clip per idempotency key
 * and per name of files, one change of a quota per sequence number. The rest is for speed.
 */
const first: readonly Index[] = [
  { collection: "sessions", name: "active_user", key: { activeUserId: 1 }, unique: "present" },
  { collection: "sessions", name: "slot", key: { slot: 1 }, unique: "present" },
  { collection: "sessions", name: "room", key: { roomName: 1, userId: 1, startedAtMs: 1 } },
  { collection: "sessions", name: "user", key: { userId: 1, startedAtMs: 1 } },
  { collection: "sessions", name: "community", key: { communityId: 1, startedAtMs: 1 } },
  { collection: "sessions", name: "recorder", key: { recorderId: 1 } },
  { collection: "clips", name: "files", key: { userId: 1, fileKey: 1 }, unique: "always" },
  { collection: "clips", name: "idempotency", key: { idempotencyKey: 1 }, unique: "present" },
  { collection: "clips", name: "user", key: { userId: 1, createdAtMs: 1 } },
  { collection: "clips", name: "sharer", key: { sharerId: 1, createdAtMs: 1 } },
  { collection: "clips", name: "session", key: { sessionId: 1 } },
  { collection: "clips", name: "state", key: { state: 1 } },
  { collection: "posts", name: "channel", key: { channelId: 1, createdAtMs: 1 } },
  { collection: "posts", name: "clip", key: { clipId: 1 } },
  { collection: "posts", name: "user", key: { userId: 1, createdAtMs: 1 } },
  { collection: "quotaEntries", name: "number", key: { userId: 1, seq: 1 }, unique: "always" },
  { collection: "quotaEntries", name: "clip", key: { userId: 1, clipId: 1, seq: 1 } },
  { collection: "rooms", name: "community", key: { communityId: 1 } },
  { collection: "channels", name: "community", key: { communityId: 1 } },
  { collection: "roles", name: "community", key: { communityId: 1 } },
  { collection: "members", name: "community", key: { communityId: 1 } },
  { collection: "members", name: "user", key: { userId: 1 } },
  { collection: "audit", name: "time", key: { atMs: 1 } },
  { collection: "audit", name: "community", key: { communityId: 1, atMs: 1 } },
];

async function indexed(database: Db, indexes: readonly Index[]): Promise<void> {
  for (const { collection, name, key, unique } of indexes)
    await database
      .collection(collection)
      .createIndex(key, { name, ...(unique === undefined ? {} : { unique: true }), ...(unique === "present" ? { sparse: true } : {}) });
}

/** A database of version n has had the first n of them. */
const migrations: readonly ((database: Db) => Promise<void>)[] = [(database) => indexed(database, first)];

/** MongoDB's code where two processes make the same new collection at the same instant. */
const NAMESPACE_EXISTS = 48;
const TRIES = 5;

interface Schema {
  readonly _id: "schema";
  readonly version: number;
}

async function versionOf(schemas: Collection<Schema>): Promise<number> {
  return (await schemas.findOne({ _id: "schema" }))?.version ?? 0;
}

/** Goes up only: who comes late with an older number changes nothing. */
async function raise(schemas: Collection<Schema>, version: number): Promise<void> {
  try {
    await schemas.updateOne({ _id: "schema", version: { $lt: version } }, { $set: { version } }, { upsert: true });
  } catch (error) {
    // The document is there, with this version or a newer one.
    if (!uniqueViolation(error)) throw error;
  }
}

async function run(database: Db, migration: (database: Db) => Promise<void>): Promise<void> {
  for (let n = 1; ; n += 1)
    try {
      await migration(database);
      return;
    } catch (error) {
      if (!(error instanceof MongoServerError) || error.code !== NAMESPACE_EXISTS || n === TRIES) throw error;
    }
}

/**
 * Brings the collections to this version.
 * @throws Error when they are of a newer one.
 */
export async function migrate(database: Db): Promise<void> {
  const schemas = database.collection<Schema>("schema");
  const version = await versionOf(schemas);
  if (version > migrations.length)
    throw new Error(
      `The catalogue in MongoDB is of a newer version (${version}; this program knows ${migrations.length}): start the newer program, or restore an older copy of the database`,
    );
  for (const [index, migration] of migrations.entries())
    if (index >= version) {
      await run(database, migration);
      await raise(schemas, index + 1);
    }
}
