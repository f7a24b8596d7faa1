/** All LiveKit rooms that a recorder process is in: one connection each, however many sessions, ticked by one timer. */
import { type RecorderStats, ReplayError, type TailEntry, type WallMs } from "@livekit-replay/contract";
import { Serial } from "../../platform/serial.js";
import { steadyNow, wallNow } from "../clock.js";
import { addDrops, type Drops } from "../share/drops.js";
import { type RecordRequest, Room, type RoomOptions } from "./room.js";
import type { LivekitAccess } from "./token.js";

/** Options of `Rooms`. */
export interface RoomsOptions extends Omit<RoomOptions, "roomName" | "access" | "onIdle" | "onTrouble"> {
  /** Null: LiveKit is not configured, every `record` is refused. */
  readonly access: LivekitAccess | null;
  readonly onTrouble: (roomName: string, reason: string) => void;
}

const TICK_MS = 10;
/** Sessions that one process takes; further ones are refused. */
const MAX_SESSIONS = 64;

/** Lives as long as the process; `close` ends every session. */
export class Rooms {
  readonly #options: RoomsOptions;
  readonly #rooms = new Map<string, Room>();
  /** Left, but still writing. */
  readonly #leaving = new Set<Promise<void>>();
  /** By session: a stop that comes while a room is joined must not be overtaken by the recording that it is to end. */
  readonly #turns = new Serial();
  #recording = 0;
  #timer: NodeJS.Timeout | null = null;
  #pastDrops: Drops = {};
  #closed = false;

  constructor(options: RoomsOptions) {
    this.#options = options;
  }

  /** How many sessions there are, and what was dropped since the process started. */
  get stats(): Pick<RecorderStats, "sessions" | "drops"> {
    const all = [...this.#rooms.values()];
    const drops = all.reduce((sum, room) => addDrops(sum, room.drops), this.#pastDrops);
    return { sessions: all.reduce((sum, room) => sum + room.sessionIds.length, 0), drops };
  }

  /** Begins to record; nothing when it is being recorded already. See `Room.record`. */
  record(request: RecordRequest): Promise<void> {
    return this.#turns.run(request.sessionId, () => this.#record(request));
  }

  /** Waits for a recording that is about to begin. Idempotent. */
  stop(sessionId: string): Promise<void> {
    return this.#turns.run(sessionId, async () => this.#find(sessionId)?.stop(sessionId));
  }

  async #record(request: RecordRequest): Promise<void> {
    const { access } = this.#options;
    if (this.#find(request.sessionId)) return;
    if (access === null) throw new ReplayError("recorder_unavailable", { detail: "LiveKit is not configured" });
    if (this.#closed || this.stats.sessions + this.#recording >= MAX_SESSIONS) throw new ReplayError("recorder_unavailable");
    this.#recording += 1;
    try {
      await this.#room(request.roomName, access).record(request);
    } finally {
      this.#recording -= 1;
    }
  }

  /** Writes what is open of a session, up to an instant that has passed; null when nothing is. */
  async tail(sessionId: string, captureId: string, cutAt: WallMs): Promise<TailEntry | null> {
    return (await this.#find(sessionId)?.tail(sessionId, captureId, cutAt)) ?? null;
  }

  /** Leaves all rooms; open GOPs are written and announced first. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#rooms.values()].map((room) => room.close()));
    await Promise.all(this.#leaving);
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #find(sessionId: string): Room | undefined {
    return [...this.#rooms.values()].find((room) => room.sessionIds.includes(sessionId));
  }

  #room(roomName: string, access: LivekitAccess): Room {
    const known = this.#rooms.get(roomName);
    if (known) return known;
    const room: Room = new Room({
      ...this.#options,
      access,
      roomName,
      onTrouble: ({ reason }) => this.#options.onTrouble(roomName, reason),
      onIdle: () => this.#remove(room),
    });
    this.#rooms.set(roomName, room);
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
    return room;
  }

  #remove(room: Room): void {
    if (this.#rooms.get(room.name) !== room) return;
    this.#rooms.delete(room.name);
    this.#pastDrops = addDrops(this.#pastDrops, room.drops);
    const left: Promise<void> = room.close().finally(() => this.#leaving.delete(left));
    this.#leaving.add(left);
    if (this.#rooms.size > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #tick(): void {
    const wall = wallNow();
    const now = steadyNow();
    for (const room of this.#rooms.values()) room.tick(wall, now);
  }
}
