/** Rows of posts in SQLite. */
import type { PostRow, PostRows } from "../port.js";
import { offsetOf } from "../pages.js";
import type { Database } from "./tables.js";

/** Posts of channels, newest first. */
export class SqlitePostRows implements PostRows {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async insert(row: PostRow): Promise<void> {
    await this.database.insertInto("posts").values(row).execute();
  }

  async find(id: string): Promise<PostRow | null> {
    return (await this.database.selectFrom("posts").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
  }

  async list(channelId: string, page: number, pageSize: number): Promise<{ rows: PostRow[]; total: number }> {
    const query = this.database.selectFrom("posts").where("channelId", "=", channelId);
    const rows = await query
      .selectAll()
      .orderBy("createdAtMs", "desc")
      .orderBy("id", "desc")
      .limit(pageSize)
      .offset(offsetOf(page, pageSize))
      .execute();
    const { total } = await query.select((eb) => eb.fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
    return { rows, total };
  }

  ofClip(clipId: string): Promise<PostRow[]> {
    return this.database.selectFrom("posts").selectAll().where("clipId", "=", clipId).orderBy("createdAtMs").orderBy("id").execute();
  }

  async detachClip(clipId: string): Promise<void> {
    await this.database.updateTable("posts").set({ clipId: null }).where("clipId", "=", clipId).execute();
  }

  async removeOfChannel(channelId: string): Promise<number> {
    const { numDeletedRows } = await this.database.deleteFrom("posts").where("channelId", "=", channelId).executeTakeFirst();
    return Number(numDeletedRows);
  }

  ofUser(userId: string): Promise<PostRow[]> {
    return this.database.selectFrom("posts").selectAll().where("userId", "=", userId).orderBy("createdAtMs").orderBy("id").execute();
  }

  async remove(id: string): Promise<void> {
    await this.database.deleteFrom("posts").where("id", "=", id).execute();
  }
}
