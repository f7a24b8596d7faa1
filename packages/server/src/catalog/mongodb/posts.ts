/** Rows of posts in MongoDB. */
import type { PostRow, PostRows } from "../port.js";
import { Documents, type Kept, type Shape } from "./documents.js";

const shape: Shape<PostRow> = {
  key: ({ id }) => id,
  fields: { id: true, channelId: true, clipId: true, userId: true, userName: true, text: true, createdAtMs: true },
};

const oldest = { createdAtMs: 1, _id: 1 } as const;

/** Posts of channels, newest first. */
export class MongoPostRows implements PostRows {
  private readonly documents: Documents<PostRow>;

  constructor(collection: Kept) {
    this.documents = new Documents(collection, shape);
  }

  async insert(row: PostRow): Promise<void> {
    if (!(await this.documents.insert(row))) throw new Error(`there is a post ${row.id} already`);
  }

  find(id: string): Promise<PostRow | null> {
    return this.documents.find(id);
  }

  list(channelId: string, page: number, pageSize: number): Promise<{ rows: PostRow[]; total: number }> {
    return this.documents.page({ channelId }, { createdAtMs: -1, _id: -1 }, page, pageSize);
  }

  ofClip(clipId: string): Promise<PostRow[]> {
    return this.documents.list({ clipId }, oldest);
  }

  detachClip(clipId: string): Promise<void> {
    return this.documents.changeAll({ clipId }, { clipId: null });
  }

  removeOfChannel(channelId: string): Promise<number> {
    return this.documents.remove({ channelId });
  }

  ofUser(userId: string): Promise<PostRow[]> {
    return this.documents.list({ userId }, oldest);
  }

  async remove(id: string): Promise<void> {
    await this.documents.removeOne(id);
  }
}
