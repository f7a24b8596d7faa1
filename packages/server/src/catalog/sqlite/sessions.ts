/** Rows of sessions in SQLite. */
import type { SessionState } from "@livekit-replay/contract";
import type { SessionRow, SessionRows } from "../port.js";
import { uniqueViolation } from "./open.js";
import type { Database } from "./tables.js";

/** Which limit a refused row met. */
function conflictOf(columns: readonly string[]): "user" | "slot" | "id" {
  if (columns.includes("sessions.slot")) return "slot";
  return columns.includes("sessions.userId") ? "user" : "id";
}

/** The limits (one active session per user, one per slot) are unique indexes: who comes second is refused by the database. */
export class SqliteSessionRows implements SessionRows {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async insert(row: SessionRow): Promise<{ ok: true } | { ok: false; conflict: "user" | "slot" | "id" }> {
    try {
      await this.database.insertInto("sessions").values(row).execute();
      return { ok: true };
    } catch (error) {
      const columns = uniqueViolation(error);
      if (columns === null) throw error;
      return { ok: false, conflict: conflictOf(columns) };
    }
  }

  async find(id: string): Promise<SessionRow | null> {
    return (await this.database.selectFrom("sessions").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
  }

  async activeOf(userId: string): Promise<SessionRow | null> {
    return (
      (await this.database
        .selectFrom("sessions")
        .selectAll()
        .where("userId", "=", userId)
        .where("state", "=", "active")
        .executeTakeFirst()) ?? null
    );
  }

  async newestIn(roomName: string, userId: string): Promise<SessionRow | null> {
    const query = this.database.selectFrom("sessions").selectAll().where("roomName", "=", roomName).where("userId", "=", userId);
    return (await query.orderBy("startedAtMs", "desc").orderBy("id", "desc").limit(1).executeTakeFirst()) ?? null;
  }

  inRoom(roomName: string): Promise<SessionRow[]> {
    return this.database.selectFrom("sessions").selectAll().where("roomName", "=", roomName).orderBy("startedAtMs").orderBy("id").execute();
  }

  ofUser(userId: string): Promise<SessionRow[]> {
    return this.database.selectFrom("sessions").selectAll().where("userId", "=", userId).orderBy("startedAtMs").orderBy("id").execute();
  }

  ofCommunity(communityId: string): Promise<SessionRow[]> {
    const query = this.database.selectFrom("sessions").selectAll().where("communityId", "=", communityId);
    return query.orderBy("startedAtMs").orderBy("id").execute();
  }

  all(): Promise<SessionRow[]> {
    return this.database.selectFrom("sessions").selectAll().orderBy("startedAtMs").orderBy("id").execute();
  }

  async countActive(communityId: string): Promise<number> {
    const counted = this.database.selectFrom("sessions").select((eb) => eb.fn.countAll<number>().as("count"));
    return (await counted.where("communityId", "=", communityId).where("state", "=", "active").executeTakeFirstOrThrow()).count;
  }

  async update(id: string, state: SessionState, change: Partial<Omit<SessionRow, "id">>, serverId?: string | null): Promise<boolean> {
    if (Object.keys(change).length === 0) return this.isStill(id, state, serverId);
    try {
      const guarded = this.database.updateTable("sessions").set(change).where("id", "=", id).where("state", "=", state);
      const { numUpdatedRows } = await (
        serverId === undefined ? guarded : guarded.where("serverId", serverId === null ? "is" : "=", serverId)
      ).executeTakeFirst();
      return numUpdatedRows > 0n;
    } catch (error) {
      if (uniqueViolation(error) === null) throw error;
      return false;
    }
  }

  async heartbeat(recorderId: string, atMs: number): Promise<void> {
    await this.database
      .updateTable("sessions")
      .set({ heartbeatAtMs: atMs })
      .where("recorderId", "=", recorderId)
      .where("state", "=", "active")
      .execute();
  }

  async remove(id: string): Promise<void> {
    await this.database.deleteFrom("sessions").where("id", "=", id).execute();
  }

  private async isStill(id: string, state: SessionState, serverId: string | null | undefined): Promise<boolean> {
    const row = await this.find(id);
    return row?.state === state && (serverId === undefined || row.serverId === serverId);
  }
}
