/** Rows of clips in MongoDB. */
import type { ClipState } from "@livekit-replay/contract";
import type { ClipListQuery, ClipRow, ClipRows } from "../port.js";
import { foldText } from "../text.js";
import { Documents, type Kept, type Order, type Shape } from "./documents.js";

/** What only documents have: the title as search and sorting see it. */
interface Extra {
  readonly foldedTitle?: string;
}

const shape: Shape<ClipRow> = {
  key: ({ id }) => id,
  fields: {
    id: true,
    userId: true,
    ownerName: true,
    sessionId: true,
    roomName: true,
    communityId: true,
    sharerId: true,
    sharerName: true,
    state: true,
    title: true,
    fileKey: true,
    createdAtMs: true,
    requestedMs: true,
    durationMs: true,
    startsAtMs: true,
    endsAtMs: true,
    gaps: true,
    notYetMs: true,
    container: true,
    sizeBytes: true,
    video: true,
    audio: true,
    readyAtMs: true,
    pinsGone: true,
    idempotencyKey: true,
  },
};

const oldest = { createdAtMs: 1, _id: 1 } as const;
const newest = { createdAtMs: -1, _id: -1 } as const;

/** Each order ends with the id, so that pages never show a clip twice. */
const orders: Readonly<Record<ClipListQuery["sort"], Order<ClipRow & Extra>>> = {
  newest,
  oldest,
  longest: { durationMs: -1, _id: 1 },
  largest: { sizeBytes: -1, _id: 1 },
  title: { foldedTitle: 1, _id: 1 },
};

/** A pattern that is found where a text stands, whatever is in it. No pattern may have a NUL in it: it is written as its number. */
const patternOf = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/gu, String.raw`\$&`).replaceAll("\0", String.raw`\x00`);

const folded = (title: string | undefined): Extra => (title === undefined ? {} : { foldedTitle: foldText(title) });

/** A clip that is being deleted is in no list: for people it is gone. */
export class MongoClipRows implements ClipRows {
  private readonly documents: Documents<ClipRow, Extra>;

  constructor(collection: Kept) {
    this.documents = new Documents(collection, shape);
  }

  insert(row: ClipRow): Promise<boolean> {
    return this.documents.insert({ ...row, ...folded(row.title) });
  }

  find(id: string): Promise<ClipRow | null> {
    return this.documents.find(id);
  }

  byIdempotencyKey(key: string): Promise<ClipRow | null> {
    return this.documents.first({ idempotencyKey: key });
  }

  list({ userId, page, pageSize, sort, q, untilMs }: ClipListQuery): Promise<{ rows: ClipRow[]; total: number }> {
    const found = q === undefined || q === "" ? {} : { foldedTitle: { $regex: patternOf(foldText(q)) } };
    const until = untilMs === undefined ? {} : { createdAtMs: { $lt: untilMs + 1 } };
    return this.documents.page({ userId, state: { $ne: "deleting" }, ...found, ...until }, orders[sort], page, pageSize);
  }

  ofSharer(sharerId: string, page: number, pageSize: number): Promise<{ rows: ClipRow[]; total: number }> {
    return this.documents.page({ sharerId, userId: { $ne: sharerId }, state: { $ne: "deleting" } }, newest, page, pageSize);
  }

  ofSession(sessionId: string): Promise<ClipRow[]> {
    return this.documents.list({ sessionId }, newest);
  }

  ofUser(userId: string): Promise<ClipRow[]> {
    return this.documents.list({ userId }, oldest);
  }

  inState(states: readonly ClipState[]): Promise<ClipRow[]> {
    return this.documents.list({ state: { $in: states } }, oldest);
  }

  all(): Promise<ClipRow[]> {
    return this.documents.list({}, oldest);
  }

  async update(id: string, states: readonly ClipState[], change: Partial<Omit<ClipRow, "id" | "userId">>): Promise<boolean> {
    const guard = { _id: id, state: { $in: states } };
    if (Object.keys(change).length === 0) return (await this.documents.first(guard)) !== null;
    return this.documents.change(guard, { ...change, ...folded(change.title) });
  }

  async remove(id: string): Promise<void> {
    await this.documents.removeOne(id);
  }
}
