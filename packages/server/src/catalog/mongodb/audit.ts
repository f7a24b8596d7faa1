/** The audit log in MongoDB. */
import type { AuditQuery, AuditRow, AuditRows } from "../port.js";
import { Documents, type Kept, type Shape } from "./documents.js";

/** What was before and after is kept as JSON text: its fields may have names that no document may have. */
type Entry = Omit<AuditRow, "from" | "to"> & { readonly from: string; readonly to: string };

const shape: Shape<Entry> = {
  key: ({ id }) => id,
  fields: { id: true, atMs: true, actorId: true, actorName: true, action: true, communityId: true, target: true, from: true, to: true },
};

/** Documents are only ever added. */
export class MongoAuditRows implements AuditRows {
  private readonly documents: Documents<Entry>;

  constructor(collection: Kept) {
    this.documents = new Documents(collection, shape);
  }

  async append(row: AuditRow): Promise<void> {
    const kept = { ...row, from: JSON.stringify(row.from ?? null), to: JSON.stringify(row.to ?? null) };
    if (!(await this.documents.insert(kept))) throw new Error(`there is an entry ${row.id} of the audit log already`);
  }

  async list({ communityId, kind, actorId, fromMs = 0, toMs, page, pageSize }: AuditQuery): Promise<{ rows: AuditRow[]; total: number }> {
    const where = {
      ...(communityId !== undefined && { communityId }),
      ...(kind !== undefined && { action: { $regex: `^${kind}\\.` } }),
      ...(actorId !== undefined && { actorId }),
      ...((fromMs > 0 || toMs !== undefined) && { atMs: { $gte: fromMs, $lt: toMs ?? Number.MAX_SAFE_INTEGER } }),
    };
    const { rows, total } = await this.documents.page(where, { atMs: -1, _id: -1 }, page, pageSize);
    return { rows: rows.map((row) => ({ ...row, from: JSON.parse(row.from), to: JSON.parse(row.to) })), total };
  }
}
