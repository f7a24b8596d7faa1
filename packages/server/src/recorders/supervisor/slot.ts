/** One place for a recorder process: keeps one alive in it, with a growing pause between deaths, and knows what it is busy with. */
import { type Millis, millis } from "@livekit-replay/contract";
import type { RecorderEvent, RecordOptions } from "../port.js";
import { RecorderChild, type RecorderChildOptions, type RecorderNotice } from "./child.js";
import type { RecorderProcessStats } from "./options.js";

/** Options of a `RecorderSlot`. */
export interface RecorderSlotOptions extends Omit<RecorderChildOptions, "settings" | "onUp" | "onNotice" | "onDown"> {
  /** Settings of the next process in this place, with an id of its own. */
  readonly settings: () => RecorderChildOptions["settings"];
  readonly emit: (event: RecorderEvent) => void;
  /** Shares of LiveKit rooms that its process recorded when it died; told after `down`. */
  readonly onShares: (shares: readonly RecordOptions[]) => void;
}

/** A life this long was a good one: the next pause is short again. */
const GOOD_LIFE_MS = 60_000;

/** Lives as long as the supervisor. */
export class RecorderSlot {
  readonly #options: RecorderSlotOptions;
  /** Publications of the process, each with the session that is recorded from it. */
  readonly publications = new Map<string, string | null>();
  /** What its process records of LiveKit rooms, by session; `firstRun` is what another process would go on with. */
  readonly shares = new Map<string, RecordOptions>();
  #child: RecorderChild;
  #startedAt = performance.now();
  #pauseMs: Millis;
  #restarts = 0;
  #past = { timeouts: 0, invalidMessages: 0 };
  #timer: NodeJS.Timeout | null = null;
  #closed = false;
  readonly #firstUp = Promise.withResolvers<boolean>();

  constructor(options: RecorderSlotOptions) {
    this.#options = options;
    this.#pauseMs = options.timings.restartMinMs;
    this.#child = this.#start();
  }

  get child(): RecorderChild {
    return this.#child;
  }

  /** Whether its first process came up: true, or false when that one died. */
  get firstUp(): Promise<boolean> {
    return this.#firstUp.promise;
  }

  get counts(): { timeouts: number; invalidMessages: number } {
    const { timeouts, invalidMessages } = this.#child.counts;
    return { timeouts: this.#past.timeouts + timeouts, invalidMessages: this.#past.invalidMessages + invalidMessages };
  }

  get stats(): RecorderProcessStats {
    const child = this.#child;
    const waits = this.#timer !== null || this.#closed;
    return {
      recorderId: child.recorderId,
      pid: waits ? null : child.pid,
      state: child.isUp ? "up" : waits ? "down" : "starting",
      udpPort: child.udpPort,
      restarts: this.#restarts,
      publications: this.publications.size,
      sessions: this.sessionIds.length + this.shares.size,
      heartbeat: child.heartbeat,
    };
  }

  /** Sessions that are recorded from publications. */
  get sessionIds(): string[] {
    return [...this.publications.values()].filter((sessionId) => sessionId !== null);
  }

  /** The session is not recorded here any more. */
  releaseSession(sessionId: string): void {
    for (const [publicationId, recorded] of this.publications) if (recorded === sessionId) this.publications.set(publicationId, null);
  }

  /** How much its process has to do. */
  get load(): number {
    return this.publications.size + this.shares.size;
  }

  /** Stops the process and starts no other. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#child.stop();
  }

  #start(): RecorderChild {
    const { settings, emit: _emit, onShares: _onShares, ...rest } = this.#options;
    this.#startedAt = performance.now();
    const child: RecorderChild = new RecorderChild({
      ...rest,
      settings: settings(),
      onUp: () => this.#up(child),
      onNotice: (notice) => this.#notice(notice),
      onDown: (reason) => this.#down(child, reason),
    });
    return child;
  }

  #up(child: RecorderChild): void {
    this.#firstUp.resolve(true);
    this.#options.emit({ type: "up", recorderId: child.recorderId });
  }

  #notice(notice: RecorderNotice): void {
    const isEnd = notice.type === "publication" && notice.state === "ended";
    if (isEnd) this.publications.delete(notice.publicationId);
    if (notice.type === "share" && notice.state === "ended") this.shares.delete(notice.sessionId);
    if (notice.type === "segment") this.#noteRun(notice.sessionId, notice.segment.run);
    this.#options.emit(notice);
  }

  #noteRun(sessionId: string, run: number): void {
    const share = this.shares.get(sessionId);
    if (share && share.firstRun <= run) this.shares.set(sessionId, { ...share, firstRun: run + 1 });
  }

  #down(child: RecorderChild, reason: string): void {
    const { logger, emit, timings, onShares } = this.#options;
    const shares = [...this.shares.values()];
    this.shares.clear();
    const publicationIds = [...this.publications.keys()];
    const { sessionIds } = this;
    this.publications.clear();
    this.#firstUp.resolve(false);
    if (!this.#closed)
      logger.error({ recorderId: child.recorderId, pid: child.pid, reason, publicationIds, sessionIds }, "a recorder process is gone");
    emit({ type: "down", recorderId: child.recorderId, publicationIds, sessionIds });
    if (this.#closed) return;
    onShares(shares);
    if (performance.now() - this.#startedAt > GOOD_LIFE_MS) this.#pauseMs = timings.restartMinMs;
    const pauseMs = this.#pauseMs;
    this.#pauseMs = millis(Math.min(pauseMs * 2, timings.restartMaxMs));
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#restarts += 1;
      this.#past = this.counts;
      this.#child = this.#start();
    }, pauseMs);
  }
}
