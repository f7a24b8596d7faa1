/** Pause and resume: while its owner wants nothing recorded, a session keeps its place and its buffer, and no recorder has it. */
import { ReplayError } from "@livekit-replay/contract";
import type { SessionRow } from "../catalog/port.js";
import type { Ending } from "./end.js";
import type { SessionParts } from "./parts.js";
import type { Reruns } from "./rerun.js";

/** Pauses sessions. A pause is in the row, so that neither a recorder nor a server that is started again records in it. */
export class Pausing {
  readonly #parts: SessionParts;
  readonly #reruns: Reruns;
  readonly #ending: Ending;

  constructor(parts: SessionParts, reruns: Reruns, ending: Ending) {
    this.#parts = parts;
    this.#reruns = reruns;
    this.#ending = ending;
  }

  /**
   * From the answer on nothing is recorded; what was there before can be captured. Idempotent.
   * @throws ReplayError `not_sharing` for a session that has ended; `recorder_unavailable`, then it is not paused.
   */
  pause(session: SessionRow): Promise<SessionRow> {
    return this.#parts.serial.run(session.userId, async () => {
      const row = await this.#active(session.id);
      if (row.pausedAtMs !== null) return row;
      const paused = await this.#mark(row, this.#parts.clock.now());
      try {
        await this.#reruns.stop(row, { whole: false });
      } catch (error) {
        await this.#mark(row, null);
        this.#tell(await this.#reruns.goOn(row, "restart"));
        throw error;
      }
      this.#tell(paused);
      return paused;
    });
  }

  /**
   * Recording goes on in a new run; the gap's reason is `pause`. Idempotent.
   * @throws ReplayError `not_sharing` when the share has ended meanwhile (and with it the session); as `POST /start`, then it stays paused.
   */
  resume(session: SessionRow): Promise<SessionRow> {
    return this.#parts.serial.run(session.userId, async () => {
      const row = await this.#active(session.id);
      if (row.pausedAtMs === null) return row;
      const going = await this.#mark(row, null);
      try {
        const begun = await this.#reruns.begin(going, "pause");
        this.#tell(begun);
        return begun;
      } catch (error) {
        await this.#mark(row, row.pausedAtMs);
        if (error instanceof ReplayError && error.code === "not_sharing")
          await this.#ending.end(row.id, { stopRecorder: false, why: "share" });
        throw error;
      }
    });
  }

  async #active(sessionId: string): Promise<SessionRow> {
    const row = await this.#parts.catalog.sessions.find(sessionId);
    if (!row) throw new ReplayError("session_not_found");
    if (row.state !== "active") throw new ReplayError("not_sharing");
    return row;
  }

  async #mark(row: SessionRow, pausedAtMs: number | null): Promise<SessionRow> {
    if (!(await this.#parts.catalog.sessions.update(row.id, "active", { pausedAtMs }))) throw new ReplayError("not_sharing");
    return { ...row, pausedAtMs };
  }

  #tell(session: SessionRow): void {
    this.#parts.bus.publish({ type: "session", session });
    this.#parts.bus.publish({ type: "window", session });
  }
}
