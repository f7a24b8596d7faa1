/** From a place to a recording: the run that begins, the row that says who records it, and everything taken back when the recorder refuses. */
import type { GapReason } from "@livekit-replay/contract";
import { folderOf } from "../catalog/places.js";
import type { SessionRow } from "../catalog/port.js";
import type { StartOptions } from "../recorders/port.js";
import type { SessionParts } from "./parts.js";
import type { Place } from "./place.js";

/** Which session and which run of it a recorder is to write. */
export type Run = Omit<StartOptions, "publicationId">;

/** Who records a session from now on, and whose share. */
export type RecordedBy = Pick<SessionRow, "recorderId" | "publicationId" | "identity">;

/** The place of a session that was active all the time. */
export const keptPlace = (session: SessionRow): Place => ({ session, kind: "kept", giveBack: () => Promise.resolve() });

/** Begins recordings. Calls for one person must not overlap. */
export class Recording {
  readonly #parts: SessionParts;
  readonly #serverId: string;

  constructor(parts: SessionParts, serverId: string) {
    this.#parts = parts;
    this.#serverId = serverId;
  }

  /**
   * Begins a new run of the place's session; the place is given back when that fails. A session that is paused only learns who shares.
   * @param start tells the recorder; of a paused session (null) it does not
   * @param reason why the run begins, where that is known
   * @throws what `start` throws
   */
  begin(place: Place, start: (run: Run | null) => Promise<RecordedBy>, reason?: GapReason): Promise<SessionRow> {
    const { catalog, clock, live, store, bus } = this.#parts;
    const { id: sessionId } = place.session;
    const waited = live.waitsUntil(sessionId);
    const work = async (): Promise<SessionRow> => {
      const folder = folderOf(place.session);
      const buffer = await store.buffers.open(folder);
      await buffer.upToDate();
      await buffer.own();
      const firstRun = Math.max(await buffer.nextRun(), live.highestRun(sessionId) + 1);
      const firstRunReason = firstRun > 0 && reason !== undefined ? reason : this.#reasonOf(place, firstRun);
      const isPaused = place.session.pausedAtMs !== null;
      live.begin(sessionId, isPaused ? firstRun - 1 : firstRun);
      const by = await start(isPaused ? null : { ...folder, firstRun, firstRunReason });
      const change = { ...by, heartbeatAtMs: clock.now(), serverId: this.#serverId };
      try {
        await catalog.sessions.update(sessionId, "active", change);
      } catch (error) {
        await this.#unrecord(sessionId);
        throw error;
      }
      buffer.setEnded(false);
      const session = { ...place.session, ...change };
      bus.publish({ type: "session", session });
      return session;
    };
    return this.orGiveBack(place, work).catch((error: unknown) => {
      // A session that was kept waits on as it waited before.
      if (waited !== null && place.kind === "kept") live.gone(sessionId, waited);
      throw error;
    });
  }

  /** Does what comes after a place was taken; gives it back when that fails. */
  async orGiveBack<T>(place: Place, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (place.kind !== "kept") this.#parts.live.end(place.session.id);
      await place.giveBack();
      throw error;
    }
  }

  /** Whoever asked hears that nothing is recorded: so nothing is. */
  async #unrecord(sessionId: string): Promise<void> {
    const { recorders, logger } = this.#parts;
    await recorders.stop(sessionId).catch((error: unknown) => {
      logger.warn({ err: error, sessionId }, "a recording that could not be written down could not be stopped");
    });
  }

  /** Why a run begins: a session that was kept through the death of its recorder (of this server or the one before) has no source left. */
  #reasonOf({ kind, session }: Place, firstRun: number): "start" | GapReason {
    if (firstRun === 0) return "start";
    return kind === "kept" && (session.recorderId === null || !this.#parts.live.has(session.id)) ? "restart" : "reconnect";
  }
}
