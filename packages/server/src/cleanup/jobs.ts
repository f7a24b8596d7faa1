/** Work that runs from time to time, whatever requests come: each run is counted, logged when it did something, and never overlaps with itself. */
import { ReplayError, type WallMs } from "@livekit-replay/contract";
import type { Logger } from "pino";
import { Interval } from "@nestjs/schedule";
import type { ClipFinaliser } from "../clips/finalise.js";
import type { ClipRemover } from "../clips/remove.js";
import type { Clock } from "../platform/clock.js";
import type { Metrics } from "../platform/metrics.js";
import type { QuotaLedger } from "../quotas/ledger.js";
import type { Entitled } from "../sessions/entitled.js";
import type { Expiry } from "../sessions/expire.js";
import type { Left } from "../sessions/left.js";
import type { Looking } from "../sessions/looking.js";
import type { Watch } from "../sessions/watch.js";
import type { Yielding } from "../sessions/yield.js";
import type { Store } from "../store/open.js";
import type { Keeper } from "./keeper.js";

/** What the jobs work on. */
export interface JobsParts {
  readonly keeper: Keeper;
  readonly watch: Watch;
  readonly yielding: Yielding;
  readonly expiry: Expiry;
  readonly entitled: Entitled;
  readonly looking: Looking;
  readonly left: Left;
  readonly remover: ClipRemover;
  readonly finaliser: ClipFinaliser;
  readonly ledger: QuotaLedger;
  readonly store: Store;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** The clean-up jobs. */
export class Jobs {
  readonly #parts: JobsParts;
  /** When sessions that their person left were looked for last, by the server's clock. */
  #leftAt: WallMs | null = null;
  readonly #running = new Map<string, Promise<void>>();
  #closed = false;

  constructor(parts: JobsParts) {
    this.#parts = parts;
  }

  /** Sessions whose source does not come back. */
  @Interval(second)
  lostSessions(): Promise<void> {
    return this.#run("lost_sessions", () => this.#parts.watch.endLost());
  }

  /** Whether this server is the one that cleans up for all. */
  @Interval(5 * second)
  keeper(): Promise<void> {
    return this.#run("keeper", async () => {
      await this.#parts.keeper.isKeeper();
      return 0;
    });
  }

  /** Sessions of this server that another one has ended or taken. */
  @Interval(5 * second)
  yieldedSessions(): Promise<void> {
    return this.#run("yielded_sessions", () => this.#parts.yielding.all());
  }

  /** Sessions of servers and recorders that are not heard of any more. Each server may end them: the row decides who was first. */
  @Interval(2 * second)
  orphanedSessions(): Promise<void> {
    return this.#run("orphaned_sessions", async () => {
      const { watch, left } = this.#parts;
      const ended = await watch.endOrphans();
      if (ended > 0) await left.endForNobody();
      return ended;
    });
  }

  /** Sessions whose person may not record there any more, or whose room is gone. */
  @Interval(2 * second)
  unentitledSessions(): Promise<void> {
    return this.#run("unentitled_sessions", () => this.#parts.entitled.end());
  }

  /** Shares of LiveKit rooms that come back, lost their recorder, are recorded without being asked for, or ended while they were paused. */
  @Interval(5 * second)
  livekitRooms(): Promise<void> {
    return this.#run("livekit_rooms", () => this.#look());
  }

  /** Sessions whose person left without a word: once an hour by the server's clock. */
  @Interval(5 * second)
  leftSessions(): Promise<void> {
    const { clock, left } = this.#parts;
    const now = clock.now();
    this.#leftAt ??= now;
    if (now - this.#leftAt < hour) return Promise.resolve();
    this.#leftAt = now;
    return this.#run("left_sessions", () => left.end());
  }

  /** Buffers whose grace is over. */
  @Interval(5 * second)
  expiredSessions(): Promise<void> {
    return this.#runForAll("expired_sessions", () => this.#parts.expiry.expire());
  }

  /** Segments that left the window and were not removed when they should have been: of the buffers that this server has. */
  @Interval(5 * minute)
  expiredSegments(): Promise<void> {
    return this.#run("expired_segments", async () => (await this.#parts.store.buffers.sweep()).failed);
  }

  /** Deletions that an error stopped. */
  @Interval(minute)
  deletions(): Promise<void> {
    return this.#runForAll("deletions", () => this.#parts.remover.finishDeletions());
  }

  /** Pins of clips that have been ready for an hour. */
  @Interval(5 * minute)
  pins(): Promise<void> {
    return this.#runForAll("pins", () => this.#parts.remover.removeOldPins(this.#parts.clock.now()));
  }

  /** What dead writers left behind; clips whose MP4 is still to be made. */
  @Interval(hour)
  leftovers(): Promise<void> {
    return this.#runForAll("leftovers", async () => {
      const { store, finaliser } = this.#parts;
      const { finalise, mended } = await store.recover();
      for (const clip of finalise) finaliser.enqueue(clip);
      return mended.length;
    });
  }

  /** Old rows of the quota ledger. */
  @Interval(6 * hour)
  ledger(): Promise<void> {
    return this.#runForAll("ledger", () => this.#parts.ledger.compact());
  }

  /** Begins nothing more and waits for what runs. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#running.values());
  }

  /** What it does is told by whoever does it; that LiveKit cannot be reached is told by its client. */
  async #look(): Promise<number> {
    try {
      await this.#parts.looking.poll();
    } catch (error) {
      if (!(error instanceof ReplayError)) throw error;
    }
    return this.#parts.left.endPaused();
  }

  /** A job for the whole database and the whole storage: one server runs it for all. */
  #runForAll(job: string, work: () => Promise<number>): Promise<void> {
    return this.#run(job, async () => ((await this.#parts.keeper.isKeeper()) ? work() : null));
  }

  /** A job that fails is tried again at its next turn. */
  #run(job: string, work: () => Promise<number | null>): Promise<void> {
    const before = this.#running.get(job);
    if (before || this.#closed) return before ?? Promise.resolve();
    const run = this.#count(job, work).finally(() => this.#running.delete(job));
    this.#running.set(job, run);
    return run;
  }

  async #count(job: string, work: () => Promise<number | null>): Promise<void> {
    const { metrics, logger } = this.#parts;
    try {
      const done = await work();
      const outcome = done === null ? "left_to_another_server" : "done";
      metrics.count("cleanup_runs_total", "Runs of clean-up jobs", { job, outcome });
      if (done !== null && done > 0) logger.info({ job, done }, "clean-up did something");
    } catch (error) {
      metrics.count("cleanup_runs_total", "Runs of clean-up jobs", { job, outcome: "failed" });
      logger.error({ err: error, job }, "clean-up failed; it is tried again");
    }
  }
}
