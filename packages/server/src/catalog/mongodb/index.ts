/** The catalogue in a MongoDB database: connected, migrated, ready. */
import { MongoClient, type MongoClientOptions } from "mongodb";
import type { Catalog } from "../port.js";
import { MongoAuditRows } from "./audit.js";
import { MongoClipRows } from "./clips.js";
import { MongoDirectoryRows } from "./directory.js";
import type { Stored } from "./documents.js";
import { translated } from "./errors.js";
import { migrate } from "./migrations.js";
import { MongoPostRows } from "./posts.js";
import { MongoQuotaRows } from "./quotas.js";
import { MongoLeaseRows, MongoServerRows } from "./servers.js";
import { MongoSessionRows } from "./sessions.js";
import { MongoSettingsRows } from "./settings.js";

/** The database where the address names none. */
const DEFAULT_DATABASE = "livekit-replay";

/**
 * What was answered is on the disk of most members. Whoever asks while no server can be reached hears so within seconds; connecting again is the
 * driver's work, by itself and for as long as it takes.
 */
const options: MongoClientOptions = {
  appName: "livekit-replay",
  writeConcern: { w: "majority", journal: true, wtimeoutMS: 10_000 },
  readPreference: "primary",
  serverSelectionTimeoutMS: 3000,
  connectTimeoutMS: 3000,
  socketTimeoutMS: 10_000,
  heartbeatFrequencyMS: 3000,
  waitQueueTimeoutMS: 5000,
  maxPoolSize: 50,
};

/** The name of the database in an address; the default where there is none. */
function databaseIn(url: string): string {
  const named = /^mongodb(?:\+srv)?:\/\/[^/?]+\/([^?]+)/u.exec(url)?.[1];
  return named === undefined ? DEFAULT_DATABASE : decodeURIComponent(named);
}

/** The address holds a password: neither it nor an error that quotes it is ever passed on. */
function clientFor(url: string): MongoClient {
  try {
    return new MongoClient(url, options);
  } catch (error) {
    const said = error instanceof Error ? error.message.replaceAll(url, "the address") : "it cannot be read";
    // oxlint-disable-next-line preserve-caught-error
    throw new Error(`DATABASE_URL has a value (not shown) that is no address of MongoDB: ${said}`);
  }
}

/**
 * Connects and brings the collections to this version. Several processes may use the database.
 * @throws Error when the address is none or the database is of a newer version; ReplayError `database_unavailable` when it cannot be reached.
 */
export async function openMongoCatalog(url: string): Promise<Catalog> {
  const client = clientFor(url);
  const database = client.db(databaseIn(url));
  try {
    await client.connect();
    await migrate(database);
  } catch (error) {
    await client.close();
    throw translated(error);
  }
  const of = (name: string): ReturnType<typeof database.collection<Stored>> => database.collection<Stored>(name);
  return {
    sessions: new MongoSessionRows(of("sessions")),
    clips: new MongoClipRows(of("clips")),
    posts: new MongoPostRows(of("posts")),
    quotas: new MongoQuotaRows(of("quotaEntries"), of("quotaLimits")),
    directory: new MongoDirectoryRows({
      communities: of("communities"),
      rooms: of("rooms"),
      channels: of("channels"),
      roles: of("roles"),
      people: of("people"),
      members: of("members"),
      communitySettings: of("communitySettings"),
    }),
    settings: new MongoSettingsRows(of("communitySettings")),
    audit: new MongoAuditRows(of("audit")),
    servers: new MongoServerRows(of("servers")),
    leases: new MongoLeaseRows(of("leases")),
    ping: async () => {
      try {
        await database.command({ ping: 1 });
      } catch (error) {
        throw translated(error);
      }
    },
    close: () => client.close(),
  };
}
