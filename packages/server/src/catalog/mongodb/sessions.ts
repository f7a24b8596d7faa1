/** Rows of sessions in MongoDB. */
import type { SessionState } from "@livekit-replay/contract";
import type { SessionRow, SessionRows } from "../port.js";
import { type Change, Documents, type Kept, type Shape, type Where } from "./documents.js";

/** What only documents have: the user while the session is active. Unique where it is there: one active session per user. */
interface Extra {
  readonly activeUserId?: string;
}

const shape: Shape<SessionRow> = {
  key: ({ id }) => id,
  fields: {
    id: true,
    userId: true,
    roomName: true,
    communityId: true,
    state: true,
    recorder: true,
    startedAtMs: true,
    endedAtMs: true,
    graceFromMs: true,
    recorderId: true,
    heartbeatAtMs: true,
    serverId: true,
    publicationId: true,
    identity: true,
    endedBy: true,
    pausedAtMs: true,
    slot: true,
  },
};

const oldestFirst = { startedAtMs: 1, _id: 1 } as const;

/** The limits (one active session per user, one per slot) are unique indexes: who comes second is refused by the database. */
export class MongoSessionRows implements SessionRows {
  private readonly documents: Documents<SessionRow, Extra>;

  constructor(collection: Kept) {
    this.documents = new Documents(collection, shape);
  }

  async insert(row: SessionRow): Promise<{ ok: true } | { ok: false; conflict: "user" | "slot" | "id" }> {
    const active = row.state === "active" ? { activeUserId: row.userId } : {};
    if (await this.documents.insert({ ...row, ...active })) return { ok: true };
    // Not every server says which index it was, and who is met twice should hear of the user first.
    if ((await this.documents.find(row.id)) !== null) return { ok: false, conflict: "id" };
    return { ok: false, conflict: row.state === "active" && (await this.activeOf(row.userId)) !== null ? "user" : "slot" };
  }

  find(id: string): Promise<SessionRow | null> {
    return this.documents.find(id);
  }

  activeOf(userId: string): Promise<SessionRow | null> {
    return this.documents.first({ activeUserId: userId });
  }

  newestIn(roomName: string, userId: string): Promise<SessionRow | null> {
    return this.documents.first({ roomName, userId }, { startedAtMs: -1, _id: -1 });
  }

  inRoom(roomName: string): Promise<SessionRow[]> {
    return this.documents.list({ roomName }, oldestFirst);
  }

  ofUser(userId: string): Promise<SessionRow[]> {
    return this.documents.list({ userId }, oldestFirst);
  }

  ofCommunity(communityId: string): Promise<SessionRow[]> {
    return this.documents.list({ communityId }, oldestFirst);
  }

  all(): Promise<SessionRow[]> {
    return this.documents.list({}, oldestFirst);
  }

  countActive(communityId: string): Promise<number> {
    return this.documents.count({ communityId, state: "active" });
  }

  async update(id: string, state: SessionState, change: Partial<Omit<SessionRow, "id">>, serverId?: string | null): Promise<boolean> {
    const guard: Where<SessionRow> = { _id: id, state, ...(serverId === undefined ? {} : { serverId }) };
    if (Object.keys(change).length === 0) return (await this.documents.first(guard)) !== null;
    const active = await this.activeAfter(id, change);
    return active !== null && this.documents.change(guard, { ...change, ...active });
  }

  async heartbeat(recorderId: string, atMs: number): Promise<void> {
    await this.documents.changeAll({ recorderId, state: "active" }, { heartbeatAtMs: atMs });
  }

  async remove(id: string): Promise<void> {
    await this.documents.removeOne(id);
  }

  /** What becomes of `activeUserId` with a change of the state; null when there is no such session. A session's user never changes. */
  private async activeAfter(id: string, { state }: Partial<SessionRow>): Promise<Change<Extra> | null> {
    if (state === undefined) return {};
    if (state !== "active") return { activeUserId: null };
    const row = await this.documents.find(id);
    return row && { activeUserId: row.userId };
  }
}
