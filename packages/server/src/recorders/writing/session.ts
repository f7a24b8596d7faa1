/** Writes one session's GOPs as segments, strictly in order. When the disk does not keep up or is full, whole segments are dropped and said, and writing goes on. */
import { type Gap, ReplayError, type SegmentEntry, type TailEntry, wallMs } from "@livekit-replay/contract";
import { type Gop, muxInit, muxSegment, type ShareTail } from "@livekit-replay/media";
import { bytesOf, entryOf } from "./entry.js";

/** Where files go: the part of the store's `SessionWriter` that is used. Each method resolves once the file is whole under its final name. */
export interface SegmentFiles {
  writeInit(run: number, bytes: Uint8Array): Promise<void>;
  writeSegment(run: number, number: number, bytes: Uint8Array): Promise<void>;
  writeTail(captureId: string, bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** What writing tells, in order. */
export interface WritingEvents {
  readonly onSegment: (segment: SegmentEntry) => void;
  readonly onGap: (gap: Gap) => void;
  /** Only changes. `reason` is a sentence for the person, null when ok. */
  readonly onHealth: (state: "ok" | "degraded", reason: string | null) => void;
  /** An error that is no full disk. */
  readonly onError: (error: unknown) => void;
}

/** Options of a `SessionWriting`. */
export interface SessionWritingOptions {
  readonly files: SegmentFiles;
  readonly events: WritingEvents;
  /** Segments that may wait for the disk. Default 16 (half a minute). */
  readonly maxWaiting?: number;
  /** Bytes that may wait for the disk. Default 48 MB. */
  readonly maxWaitingBytes?: number;
}

/** What was written and dropped. */
export interface WritingCounts {
  readonly segments: number;
  readonly bytes: number;
  readonly dropped: number;
}

const slow = "Storage does not keep up: parts of the recording are missing";
const full = "Storage is full: parts of the recording are missing";
const broken = "A part of the recording could not be written";
const MAX_TAILS = 16;

/** Holds what waits for the disk until `close`. */
export class SessionWriting {
  readonly #options: Required<SessionWritingOptions>;
  #chain: Promise<void> = Promise.resolve();
  #waiting = 0;
  #waitingBytes = 0;
  #tails = 0;
  #initOf: number | null = null;
  #degraded = false;
  #closed = false;
  #counts = { segments: 0, bytes: 0, dropped: 0 };

  constructor(options: SessionWritingOptions) {
    this.#options = { maxWaiting: 16, maxWaitingBytes: 48_000_000, ...options };
  }

  get counts(): WritingCounts {
    return { ...this.#counts };
  }

  /** Takes a closed GOP. It is dropped (and said) when too much is waiting already. */
  add(gop: Gop): void {
    if (this.#closed) return;
    const bytes = bytesOf(gop);
    if (this.#waiting >= this.#options.maxWaiting || this.#waitingBytes + bytes > this.#options.maxWaitingBytes) {
      this.#drop(gop, slow);
      return;
    }
    this.#waiting += 1;
    this.#waitingBytes += bytes;
    void this.#enqueue(async () => {
      await this.#writeSegment(gop);
      this.#waiting -= 1;
      this.#waitingBytes -= bytes;
    });
  }

  /**
   * Writes a tail after everything that was added before it, which is announced first.
   * Throws `disk_full`, or `recorder_unavailable` when too many are under way.
   */
  async addTail(captureId: string, tail: ShareTail): Promise<TailEntry> {
    if (this.#closed || this.#tails >= MAX_TAILS) throw new ReplayError("recorder_unavailable");
    this.#tails += 1;
    try {
      return await this.#enqueue(async () => {
        const { gop, numbers } = tail;
        await this.#ensureInit(gop);
        const bytes = muxSegment(gop);
        await this.#options.files.writeTail(captureId, bytes);
        return { ...entryOf(gop, bytes.length), coversFrom: numbers[0] ?? gop.number, coversTo: numbers.at(-1) ?? gop.number };
      });
    } finally {
      this.#tails -= 1;
    }
  }

  /** Resolves when everything added so far is written and announced, or dropped. */
  settled(): Promise<void> {
    return this.#chain;
  }

  /** Takes nothing more; waits for what is under way. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#chain;
    await this.#options.files.close();
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#chain.then(work);
    this.#chain = result.then(
      () => {},
      () => {},
    );
    return result;
  }

  async #writeSegment(gop: Gop): Promise<void> {
    const { files, events } = this.#options;
    try {
      await this.#ensureInit(gop);
      const bytes = muxSegment(gop);
      await files.writeSegment(gop.run, gop.number, bytes);
      this.#counts.segments += 1;
      this.#counts.bytes += bytes.length;
      events.onSegment(entryOf(gop, bytes.length));
      if (this.#degraded && this.#waiting <= 1) this.#setHealth(null);
    } catch (error) {
      const isFull = error instanceof ReplayError && error.code === "disk_full";
      if (!isFull) events.onError(error);
      this.#drop(gop, isFull ? full : broken);
    }
  }

  /** The init file comes from the first keyframe that is kept, so a run whose first segment was dropped has one too. */
  async #ensureInit(gop: Gop): Promise<void> {
    const first = gop.video[0];
    if (this.#initOf === gop.run || !first) return;
    await this.#options.files.writeInit(gop.run, await muxInit(gop.format, first.data));
    this.#initOf = gop.run;
  }

  #drop(gop: Gop, reason: string): void {
    this.#counts.dropped += 1;
    const { startWall, startPts, endPts } = gop;
    this.#options.events.onGap({ fromMs: startWall, toMs: wallMs(startWall + (endPts - startPts) / 1000), reason: "disk" });
    this.#setHealth(reason);
  }

  #setHealth(reason: string | null): void {
    const degraded = reason !== null;
    if (degraded === this.#degraded) return;
    this.#degraded = degraded;
    this.#options.events.onHealth(degraded ? "degraded" : "ok", reason);
  }
}
