/** The catalogue in a MongoDB database: connected, migrated, ready. */
import type { Catalog } from "../port.js";
import { MongoAuditRows } from "./audit.js";
import { MongoClipRows } from "./clips.js";
import { MongoDirectoryRows } from "./directory.js";
import type { Kept } from "./documents.js";
import { translated } from "./errors.js";
import { migrate } from "./migrations.js";
import { MongoLink } from "./link.js";
import { MongoPostRows } from "./posts.js";
import { MongoQuotaRows } from "./quotas.js";
import { MongoLeaseRows, MongoServerRows } from "./servers.js";
import { MongoSessionRows } from "./sessions.js";
import { MongoSettingsRows } from "./settings.js";

/**
 * Connects and brings the collections to this version. Several processes may use the database.
 * @throws Error when the address is none or the database is of a newer version; ReplayError `database_unavailable` when it cannot be reached.
 */
export async function openMongoCatalog(url: string): Promise<Catalog> {
  const link = await MongoLink.open(url);
  try {
    await migrate(link.database);
  } catch (error) {
    await link.close();
    throw translated(error);
  }
  const of = (name: string): Kept => ({ link, name });
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
        await link.send((database) => database.command({ ping: 1 }));
      } catch (error) {
        throw translated(error);
      }
    },
    close: () => link.close(),
  };
}
