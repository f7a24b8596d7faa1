/** Which servers are there, and which of them does what is done once for all, in MongoDB. */
import type { LeaseRows, ServerRow, ServerRows } from "../port.js";
import { Documents, type Kept, type Shape } from "./documents.js";

interface LeaseRow {
  readonly name: string;
  readonly holder: string;
  readonly untilMs: number;
}

const serverShape: Shape<ServerRow> = { key: ({ id }) => id, fields: { id: true, url: true, heartbeatAtMs: true } };
const leaseShape: Shape<LeaseRow> = { key: ({ name }) => name, fields: { name: true, holder: true, untilMs: true } };

/** One document per server process. */
export class MongoServerRows implements ServerRows {
  private readonly documents: Documents<ServerRow>;

  constructor(collection: Kept) {
    this.documents = new Documents(collection, serverShape);
  }

  put(row: ServerRow): Promise<void> {
    return this.documents.put(row);
  }

  find(id: string): Promise<ServerRow | null> {
    return this.documents.find(id);
  }

  all(): Promise<ServerRow[]> {
    return this.documents.list({}, { _id: 1 });
  }

  async remove(id: string): Promise<void> {
    await this.documents.removeOne(id);
  }
}

/** One document per name that is taken. */
export class MongoLeaseRows implements LeaseRows {
  private readonly documents: Documents<LeaseRow>;

  constructor(collection: Kept) {
    this.documents = new Documents(collection, leaseShape);
  }

  /** A guarded change of the one document, or the first insert of it: of several that come at once one gets through. */
  async take(name: string, holder: string, nowMs: number, untilMs: number): Promise<boolean> {
    const mine = { _id: name, $or: [{ holder }, { untilMs: { $lte: nowMs } }] };
    return (await this.documents.change(mine, { holder, untilMs })) || this.documents.insert({ name, holder, untilMs });
  }

  renew(name: string, holder: string, untilMs: number): Promise<boolean> {
    return this.documents.change({ _id: name, holder }, { untilMs });
  }

  async release(name: string, holder: string): Promise<void> {
    await this.documents.remove({ _id: name, holder });
  }

  async releaseOf(holder: string): Promise<void> {
    await this.documents.remove({ holder });
  }
}
