/** The audit log in MongoDB. */
import type { Collection } from "mongodb";
import type { AuditRow, AuditRows } from "../port.js";
import { Documents, type Shape, type Stored } from "./documents.js";

/** What was before and after is kept as JSON text: its fields may have names that no document may have. */
type Kept = Omit<AuditRow, "from" | "to"> & { readonly from: string; readonly to: string };

const shape: Shape<Kept> = {
  key: ({ id }) => id,
  fields: { id: true, atMs: true, actorId: true, actorName: true, action: true, communityId: true, target: true, from: true, to: true },
};

/** Documents are only ever added. */
export class MongoAuditRows implements AuditRows {
  private readonly documents: Documents<Kept>;

  constructor(collection: Collection<Stored>) {
    this.documents = new Documents(collection, shape);
  }

  async append(row: AuditRow): Promise<void> {
    const kept = { ...row, from: JSON.stringify(row.from ?? null), to: JSON.stringify(row.to ?? null) };
    if (!(await this.documents.insert(kept))) throw new Error(`there is an entry ${row.id} of the audit log already`);
  }

  async list({
    communityId,
    page,
    pageSize,
  }: {
    communityId?: string | undefined;
    page: number;
    pageSize: number;
  }): Promise<{ rows: AuditRow[]; total: number }> {
    const where = communityId === undefined ? {} : { communityId };
    const { rows, total } = await this.documents.page(where, { atMs: -1, _id: -1 }, page, pageSize);
    return { rows: rows.map((row) => ({ ...row, from: JSON.parse(row.from), to: JSON.parse(row.to) })), total };
  }
}
