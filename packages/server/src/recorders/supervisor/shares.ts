/**
 * Shares of LiveKit rooms over the lives of recorder processes: all sessions of a room in one process, and back in another one when theirs has died.
 * What a process does about LiveKit itself is its own affair.
 */
import { ReplayError } from "@livekit-replay/contract";
import type { RecorderEvent, RecordOptions } from "../port.js";
import type { RecorderChild } from "./child.js";
import type { RecorderLogger } from "./options.js";
import type { RecorderSlot } from "./slot.js";

/** Options of `SupervisedShares`. */
export interface SupervisedSharesOptions {
  readonly slots: readonly RecorderSlot[];
  readonly emit: (event: RecorderEvent) => void;
  readonly logger: RecorderLogger;
}

/** Between attempts to bring a share back. */
const RETRY_MS = 500;
/** These say that the share itself is no more, or cannot be recorded any more. */
const final = new Set(["not_sharing", "encrypted_room", "unsupported_codec"]);

/** Lives as long as the supervisor. */
export class SupervisedShares {
  readonly #options: SupervisedSharesOptions;
  /** Their process died; each waits for another, by session. */
  readonly #homeless = new Map<string, RecordOptions>();
  /** Sessions that are being asked for or stopped: a process that dies meanwhile takes them with it, and whoever asked hears of that. */
  readonly #unkept = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: SupervisedSharesOptions) {
    this.#options = options;
  }

  /** See `LivekitRecorderPort.record`. */
  async record(options: RecordOptions): Promise<{ recorderId: string }> {
    this.#homeless.delete(options.sessionId);
    const { recorderId } = await this.#unkeptWhile(options.sessionId, () => this.#begin(options));
    return { recorderId };
  }

  /** Lets the process that records a session stop it. False: none does, and from now on none will. */
  async stop(sessionId: string): Promise<boolean> {
    this.#homeless.delete(sessionId);
    const slot = this.slotOf(sessionId);
    if (slot === null) return false;
    await this.#unkeptWhile(sessionId, () => slot.child.ask({ type: "stop", sessionId }));
    slot.shares.delete(sessionId);
    return true;
  }

  /** The process that records a session. */
  slotOf(sessionId: string): RecorderSlot | null {
    return this.#options.slots.find(({ shares }) => shares.has(sessionId)) ?? null;
  }

  /** A process died with these. */
  adopt(shares: readonly RecordOptions[]): void {
    for (const share of shares.filter(({ sessionId }) => !this.#unkept.has(sessionId))) {
      this.#homeless.set(share.sessionId, { ...share, firstRunReason: "restart", videoTrackId: null, audioTrackId: null });
      this.#options.emit({ type: "share", sessionId: share.sessionId, state: "lost", reason: "The recorder failed and is started again" });
    }
    this.resume();
  }

  /** Tries to bring back those that wait: a process has come up, or time has passed. */
  resume(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#closed || this.#homeless.size === 0) return;
    this.#timer = setTimeout(() => this.resume(), RETRY_MS);
    if (!this.#options.slots.some(({ child }) => child.isUp)) return;
    for (const share of this.#homeless.values()) if (this.slotOf(share.sessionId) === null) void this.#bringBack(share);
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#homeless.clear();
  }

  async #unkeptWhile<T>(sessionId: string, work: () => Promise<T>): Promise<T> {
    this.#unkept.add(sessionId);
    try {
      return await work();
    } finally {
      this.#unkept.delete(sessionId);
    }
  }

  async #begin(options: RecordOptions): Promise<RecorderChild> {
    const { sessionId, roomName, userId, identity, videoTrackId, audioTrackId, firstRun, firstRunReason } = options;
    const slot = this.#slotFor(roomName);
    const { child } = slot;
    // Noted at once, so that what comes for the same room meanwhile goes to the same process.
    slot.shares.set(sessionId, options);
    try {
      const request = { roomName, userId, sessionId, identity, videoTrackId, audioTrackId, firstRun, firstRunReason };
      await child.ask({ type: "record", ...request });
      return child;
    } catch (error) {
      // After a timeout the process may have begun all the same.
      child.ask({ type: "stop", sessionId }).catch(() => {});
      if (slot.child === child) slot.shares.delete(sessionId);
      throw error;
    }
  }

  async #bringBack(share: RecordOptions): Promise<void> {
    const { sessionId } = share;
    const { emit, logger } = this.#options;
    try {
      await this.#begin(share);
      // Whoever stopped it or began it anew meanwhile told the process so, which does one after the other.
      if (this.#homeless.get(sessionId) === share) this.#homeless.delete(sessionId);
    } catch (error) {
      const isFinal = error instanceof ReplayError && final.has(error.code);
      logger.warn({ err: error, sessionId }, "a share could not be recorded again after its process had died");
      if (isFinal && this.#homeless.delete(sessionId)) emit({ type: "share", sessionId, state: "ended", reason: error.message });
    }
  }

  #slotFor(roomName: string): RecorderSlot {
    const up = this.#options.slots.filter(({ child }) => child.isUp);
    const same = up.find(({ shares }) => [...shares.values()].some((share) => share.roomName === roomName));
    const [leastBusy] = up.sort((left, right) => left.load - right.load);
    const slot = same ?? leastBusy;
    if (!slot) throw new ReplayError("recorder_unavailable");
    return slot;
  }
}
