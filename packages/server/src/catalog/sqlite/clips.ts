/** Rows of clips in SQLite. */
import { type ClipState, gapSchema } from "@livekit-replay/contract";
import { type SelectQueryBuilder, sql } from "kysely";
import { z } from "zod";
import type { ClipListQuery, ClipRow, ClipRows } from "../port.js";
import { uniqueViolation } from "./open.js";
import { offsetOf } from "../pages.js";
import type { ClipTable, Database, Tables } from "./tables.js";
import { foldText } from "../text.js";

const gapsSchema = z.array(gapSchema);
const videoSchema = z.object({ codec: z.string(), width: z.number(), height: z.number() });
const audioSchema = z.object({ codec: z.string() });

function fromTable({ foldedTitle, gaps, video, audio, pinsGone, ...rest }: ClipTable): ClipRow {
  void foldedTitle;
  return {
    ...rest,
    gaps: gapsSchema.parse(JSON.parse(gaps)),
    video: videoSchema.parse(JSON.parse(video)),
    audio: audio === null ? null : audioSchema.parse(JSON.parse(audio)),
    pinsGone: pinsGone === 1,
  };
}

type ClipChange = Partial<Omit<ClipRow, "id" | "userId">>;

/** Only the columns of fields that are given. */
function toTable({ gaps, video, audio, pinsGone, ...rest }: ClipChange): Partial<ClipTable> {
  return {
    ...rest,
    ...(rest.title === undefined ? {} : { foldedTitle: foldText(rest.title) }),
    ...(gaps === undefined ? {} : { gaps: JSON.stringify(gaps) }),
    ...(video === undefined ? {} : { video: JSON.stringify(video) }),
    ...(audio === undefined ? {} : { audio: audio === null ? null : JSON.stringify(audio) }),
    ...(pinsGone === undefined ? {} : { pinsGone: pinsGone ? 1 : 0 }),
  };
}

const whole = (row: ClipRow): ClipTable => ({
  ...row,
  foldedTitle: foldText(row.title),
  gaps: JSON.stringify(row.gaps),
  video: JSON.stringify(row.video),
  audio: row.audio === null ? null : JSON.stringify(row.audio),
  pinsGone: row.pinsGone ? 1 : 0,
});

type ClipQuery = SelectQueryBuilder<Tables, "clips", ClipTable>;

/** Each order ends with the id, so that pages never show a clip twice. */
const orders: Readonly<Record<ClipListQuery["sort"], (query: ClipQuery) => ClipQuery>> = {
  newest: (query) => query.orderBy("createdAtMs", "desc").orderBy("id", "desc"),
  oldest: (query) => query.orderBy("createdAtMs").orderBy("id"),
  longest: (query) => query.orderBy("durationMs", "desc").orderBy("id"),
  largest: (query) => query.orderBy("sizeBytes", "desc").orderBy("id"),
  title: (query) => query.orderBy("foldedTitle").orderBy("id"),
};

/** A clip that is being deleted is in no list: for people it is gone. */
export class SqliteClipRows implements ClipRows {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async insert(row: ClipRow): Promise<boolean> {
    try {
      await this.database.insertInto("clips").values(whole(row)).execute();
      return true;
    } catch (error) {
      if (uniqueViolation(error) === null) throw error;
      return false;
    }
  }

  async find(id: string): Promise<ClipRow | null> {
    const row = await this.database.selectFrom("clips").selectAll().where("id", "=", id).executeTakeFirst();
    return row === undefined ? null : fromTable(row);
  }

  async byIdempotencyKey(key: string): Promise<ClipRow | null> {
    const row = await this.database.selectFrom("clips").selectAll().where("idempotencyKey", "=", key).executeTakeFirst();
    return row === undefined ? null : fromTable(row);
  }

  async list({ userId, page, pageSize, sort, q, untilMs }: ClipListQuery): Promise<{ rows: ClipRow[]; total: number }> {
    let query: ClipQuery = this.database.selectFrom("clips").selectAll().where("userId", "=", userId).where("state", "!=", "deleting");
    // A place in the text, not a pattern: nothing in it has to be escaped.
    if (q !== undefined && q !== "") query = query.where(sql<boolean>`instr("foldedTitle", ${foldText(q)}) > 0`);
    if (untilMs !== undefined) query = query.where("createdAtMs", "<", untilMs + 1);
    return this.page(query, orders[sort], page, pageSize);
  }

  ofSharer(sharerId: string, page: number, pageSize: number): Promise<{ rows: ClipRow[]; total: number }> {
    const query: ClipQuery = this.database
      .selectFrom("clips")
      .selectAll()
      .where("sharerId", "=", sharerId)
      .where("userId", "!=", sharerId)
      .where("state", "!=", "deleting");
    return this.page(query, orders.newest, page, pageSize);
  }

  async ofSession(sessionId: string): Promise<ClipRow[]> {
    return (await orders.newest(this.database.selectFrom("clips").selectAll().where("sessionId", "=", sessionId)).execute()).map(fromTable);
  }

  async ofUser(userId: string): Promise<ClipRow[]> {
    return (await orders.oldest(this.database.selectFrom("clips").selectAll().where("userId", "=", userId)).execute()).map(fromTable);
  }

  async inState(states: readonly ClipState[]): Promise<ClipRow[]> {
    return (await orders.oldest(this.database.selectFrom("clips").selectAll().where("state", "in", states)).execute()).map(fromTable);
  }

  async all(): Promise<ClipRow[]> {
    return (await orders.oldest(this.database.selectFrom("clips").selectAll()).execute()).map(fromTable);
  }

  async update(id: string, states: readonly ClipState[], change: ClipChange): Promise<boolean> {
    const columns = toTable(change);
    if (Object.keys(columns).length === 0) return this.isIn(id, states);
    const { numUpdatedRows } = await this.database
      .updateTable("clips")
      .set(columns)
      .where("id", "=", id)
      .where("state", "in", states)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async remove(id: string): Promise<void> {
    await this.database.deleteFrom("clips").where("id", "=", id).execute();
  }

  private async isIn(id: string, states: readonly ClipState[]): Promise<boolean> {
    const row = await this.find(id);
    return row !== null && states.includes(row.state);
  }

  private async page(
    query: ClipQuery,
    order: (query: ClipQuery) => ClipQuery,
    page: number,
    pageSize: number,
  ): Promise<{ rows: ClipRow[]; total: number }> {
    const rows = await order(query).limit(pageSize).offset(offsetOf(page, pageSize)).execute();
    const { total } = await query
      .clearSelect()
      .select((eb) => eb.fn.countAll<number>().as("total"))
      .executeTakeFirstOrThrow();
    return { rows: rows.map(fromTable), total };
  }
}
