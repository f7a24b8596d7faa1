/** Forgetting: what was recorded of a session is deleted because its owner wants it so. Clips that were made of it are other people's, and stay. */
import { setTimeout as delay } from "node:timers/promises";
import { type Forget, type Forgotten, ReplayError, type SurvivingClip } from "@livekit-replay/contract";
import { folderOf } from "../catalog/places.js";
import type { ClipRow, SessionRow } from "../catalog/port.js";
import { nameOf } from "../directory/name.js";
import type { Directory } from "../directory/port.js";
import { assertForgotten, type ForgottenFiles } from "../store/forget.js";
import type { Grace } from "./grace.js";
import type { SessionParts } from "./parts.js";
import type { Reruns } from "./rerun.js";

/** What it works with. */
export interface ForgettingParts {
  readonly sessions: SessionParts;
  readonly reruns: Reruns;
  readonly grace: Grace;
  readonly directory: Pick<Directory, "person">;
}

/** What is forgotten, and the session as it is then. */
export type ForgottenSession = Omit<Forgotten, "session"> & { readonly row: SessionRow };

/** Egress writes its last segment so long after its end at most. */
const drainLimitMs = 25_000;
const drainLookMs = 100;

/** Has sessions forgotten. */
export class Forgetting {
  readonly #parts: ForgettingParts;

  constructor(parts: ForgettingParts) {
    this.#parts = parts;
  }

  /**
   * Deletes everything of a session, or everything from an instant on, what is still open included. A running session goes on in a new run.
   * @throws ReplayError `no_segments` when its grace is over; `recorder_unavailable` when something may still be written of it, then nothing is deleted; `internal` when a file could not be deleted.
   */
  forget(session: SessionRow, { fromMs }: Forget): Promise<ForgottenSession> {
    const { serial, catalog } = this.#parts.sessions;
    return serial.run(session.userId, async () => {
      const row = await catalog.sessions.find(session.id);
      if (!row || this.#parts.grace.isOver(row)) throw new ReplayError("no_segments");
      const isRecorded = row.state === "active" && row.pausedAtMs === null;
      await this.#stopped(row, isRecorded);
      const forgotten = await this.#delete(row, fromMs ?? null, isRecorded);
      assertForgotten(forgotten);
      const { span, files: segments, bytes: sizeBytes } = forgotten;
      const deleted = span && { fromMs: Math.floor(span.fromMs), toMs: Math.ceil(span.toMs), segments, sizeBytes };
      const clips = await this.#surviving(row, fromMs === undefined ? null : Math.min(fromMs, deleted?.fromMs ?? fromMs));
      return { deleted, clips, row: (await catalog.sessions.find(row.id)) ?? row };
    });
  }

  /** Whatever comes of the deletion, recording goes on. */
  async #delete(row: SessionRow, fromMs: number | null, goesOn: boolean): Promise<ForgottenFiles> {
    const { store, bus, logger } = this.#parts.sessions;
    try {
      const forgotten = await store.buffers.forget(folderOf(row), fromMs);
      logger.info({ sessionId: row.id, files: forgotten.files, failed: forgotten.failed }, "the recording of a session was forgotten");
      return forgotten;
    } finally {
      const now = goesOn ? await this.#parts.reruns.goOn(row, "forgotten") : row;
      bus.publish({ type: "session", session: now });
      bus.publish({ type: "window", session: now });
    }
  }

  /** Nothing is written of it any more. Where that cannot be known nothing is deleted, and recording goes on. */
  async #stopped(row: SessionRow, isRecorded: boolean): Promise<void> {
    try {
      if (isRecorded) await this.#parts.reruns.stop(row, { whole: true });
      await this.#drained(row);
    } catch (error) {
      if (isRecorded) await this.#parts.reruns.goOn(row, "restart");
      throw error;
    }
  }

  async #drained(row: SessionRow): Promise<void> {
    const { recorders } = this.#parts.sessions;
    const until = performance.now() + drainLimitMs;
    while (recorders.drains?.(row.id) === true) {
      if (performance.now() >= until) throw new ReplayError("recorder_unavailable", { retryAfterSeconds: 10 });
      await delay(drainLookMs);
    }
  }

  /** Clips that show something of what is forgotten; null: of whatever. */
  async #surviving(row: SessionRow, fromMs: number | null): Promise<SurvivingClip[]> {
    const rows = await this.#parts.sessions.catalog.clips.ofSession(row.id);
    const shown = rows.filter(({ state, endsAtMs }) => state !== "deleting" && (fromMs === null || endsAtMs > fromMs));
    return Promise.all(shown.map((clip) => this.#view(clip)));
  }

  async #view({ id, title, userId, ownerName, createdAtMs, startsAtMs, endsAtMs, durationMs }: ClipRow): Promise<SurvivingClip> {
    const name = await nameOf(this.#parts.directory, userId, ownerName);
    return { clipId: id, title, by: { userId, name }, createdAtMs: Math.floor(createdAtMs), startsAtMs, endsAtMs, durationMs };
  }
}
