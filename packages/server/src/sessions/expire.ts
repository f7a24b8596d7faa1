/** The end of the grace: the buffer goes, a day later the row. */
import type { Millis } from "@livekit-replay/contract";
import { folderOf } from "../catalog/places.js";
import type { SessionRow } from "../catalog/port.js";
import type { Grace } from "./grace.js";
import type { SessionParts } from "./parts.js";

/** Removes what nobody can capture any more. */
export class Expiry {
  readonly #parts: SessionParts;
  readonly #grace: Grace;
  /** Sessions whose buffers this server has removed; their rows are kept for a while. */
  readonly #removed = new Set<string>();

  readonly #patience: () => Millis;

  /** @param patience how long after the end of a grace a buffer stays: other servers may be at a capture that they let in before */
  constructor(parts: SessionParts, grace: Grace, patience: () => Millis) {
    this.#parts = parts;
    this.#grace = grace;
    this.#patience = patience;
  }

  /** Removes the buffers of sessions whose grace is over. An error on one does not stop the rest. Answers how many went. */
  async expire(): Promise<number> {
    const { catalog, logger, serial } = this.#parts;
    let gone = 0;
    for (const row of await catalog.sessions.all()) {
      if (!this.#isOver(row)) continue;
      try {
        // Behind everything that the same person starts, so that a session which goes on again keeps its buffer.
        if (await serial.run(row.userId, () => this.#expireOne(row.id))) gone += 1;
      } catch (error) {
        logger.error({ err: error, sessionId: row.id }, "an expired buffer could not be removed");
      }
    }
    return gone;
  }

  #isOver(row: SessionRow): boolean {
    const endsAt = this.#grace.endsAt(row);
    return endsAt !== null && endsAt + this.#patience() <= this.#parts.clock.now();
  }

  async #expireOne(sessionId: string): Promise<boolean> {
    const { catalog, store, bus, logger } = this.#parts;
    const row = await catalog.sessions.find(sessionId);
    if (!row || !this.#isOver(row)) return false;
    const first = !this.#removed.has(row.id);
    if (first) {
      const removed = await store.buffers.remove(folderOf(row));
      if (removed.failed > 0) return false;
      this.#removed.add(row.id);
      logger.info({ sessionId, roomName: row.roomName, userId: row.userId, ...removed }, "the buffer of an ended session was removed");
      bus.publish({ type: "session_gone", session: row });
    }
    if (this.#grace.isForgotten(row)) {
      await catalog.sessions.remove(row.id);
      this.#removed.delete(row.id);
    }
    return first;
  }
}
