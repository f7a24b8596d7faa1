/** Sessions that nobody feeds: those whose source does not come back, and those whose server or recorder is not heard of any more. */
import { millis, type Millis } from "@livekit-replay/contract";
import type { SessionRow } from "../catalog/port.js";
import type { Ending } from "./end.js";
import type { SessionParts } from "./parts.js";

/** A recorder that was not heard for so long is dead. */
const heartbeatLimit: Millis = millis(5_000);

/** Which servers live. */
export interface LivingServers {
  /** Of this server. */
  readonly id: string;
  isAlive(serverId: string): Promise<boolean>;
}

/** Looks after sessions from time to time; who calls it decides when. */
export class Watch {
  readonly #parts: SessionParts;
  readonly #ending: Ending;
  readonly #servers: LivingServers;

  constructor(parts: SessionParts, ending: Ending, servers: LivingServers) {
    this.#parts = parts;
    this.#ending = ending;
    this.#servers = servers;
  }

  /** Ends sessions whose owner did not publish again in time; the others' rows are kept alive. Answers how many ended. */
  async endLost(): Promise<number> {
    const { live, clock, serial, catalog } = this.#parts;
    let ended = 0;
    for (const { sessionId, until } of live.waiting()) {
      if (clock.now() < until) {
        await catalog.sessions.update(sessionId, "active", { heartbeatAtMs: clock.now() });
        continue;
      }
      const row = await catalog.sessions.find(sessionId);
      if (!row) live.end(sessionId);
      else
        await serial.run(row.userId, async () => {
          // A new publication may have come while this waited for its turn.
          if (live.waitsUntil(sessionId) === null) return;
          await this.#ending.end(sessionId, { stopRecorder: false, why: "share" });
          live.end(sessionId);
          ended += 1;
        });
    }
    return ended;
  }

  /**
   * Ends active sessions whose heartbeat is gone and that no living server has; answers how many.
   * A share of a LiveKit room whose recorder is trying to get back to it is one that its server has, so its row is kept fresh.
   */
  async endOrphans(): Promise<number> {
    const { catalog, logger } = this.#parts;
    let ended = 0;
    for (const row of await catalog.sessions.all()) {
      if (row.state !== "active" || !(await this.#isOrphan(row)) || !(await this.#ending.endOrphan(row))) continue;
      logger.info(
        { sessionId: row.id, roomName: row.roomName, userId: row.userId },
        "a session without a recorder was ended; its buffer can be captured for the grace time",
      );
      ended += 1;
    }
    return ended;
  }

  /** A recorder whose server died may still be closing its last segment while its heartbeat is fresh. */
  async #isOrphan(row: SessionRow): Promise<boolean> {
    const { catalog, clock, live } = this.#parts;
    if (row.heartbeatAtMs !== null && row.heartbeatAtMs + heartbeatLimit > clock.now()) return false;
    if (row.serverId !== null && row.serverId !== this.#servers.id) return !(await this.#servers.isAlive(row.serverId));
    if (!live.has(row.id)) return true;
    if (row.identity !== null) await catalog.sessions.update(row.id, "active", { heartbeatAtMs: clock.now() }, row.serverId);
    return false;
  }
}
