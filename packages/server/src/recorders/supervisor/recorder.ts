/** The recorder processes as the server sees them: requests go to the process that has the publication, room or session, events come from all of them. */
import { ReplayError, type TailEntry } from "@livekit-replay/contract";
import type { OfferOptions, RecorderEvent, RecordOptions, StartOptions } from "../port.js";
import type { RecorderLogger, Recorder, SupervisorStats } from "./options.js";
import type { SupervisedShares } from "./shares.js";
import type { RecorderSlot } from "./slot.js";
import type { RecorderSocket } from "./socket.js";

/** Hands events to whoever listens; a listener that throws is logged and does not keep others from hearing. */
export class RecorderEvents {
  readonly #listeners = new Set<(event: RecorderEvent) => void>();
  readonly #logger: RecorderLogger;

  constructor(logger: RecorderLogger) {
    this.#logger = logger;
  }

  on(listener: (event: RecorderEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  emit(event: RecorderEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#logger.error({ err: error, event: event.type }, "a listener of recorder events failed");
      }
    }
  }
}

/** What a `SupervisedRecorder` is made of; it closes all of them. */
export interface SupervisedParts {
  readonly socket: RecorderSocket;
  readonly slots: readonly RecorderSlot[];
  readonly events: RecorderEvents;
  readonly shares: SupervisedShares;
}

/** Made by `createRecorder`. */
export class SupervisedRecorder implements Recorder {
  readonly #socket: RecorderSocket;
  readonly #slots: readonly RecorderSlot[];
  readonly #events: RecorderEvents;
  readonly kind = "passthrough";
  readonly #shares: SupervisedShares;
  #closing: Promise<void> | null = null;

  constructor({ socket, slots, events, shares }: SupervisedParts) {
    this.#socket = socket;
    this.#slots = slots;
    this.#events = events;
    this.#shares = shares;
  }

  record(options: RecordOptions): Promise<{ recorderId: string }> {
    return this.#shares.record(options);
  }

  async offer(options: OfferOptions): Promise<{ sdp: string; recorderId: string }> {
    const { publicationId, roomName, userId, sdp } = options;
    const slot = this.#leastBusy();
    const { child } = slot;
    // Counted at once, so that offers that come together spread out.
    slot.publications.set(publicationId, null);
    try {
      const answer = await child.ask({ type: "offer", publicationId, roomName, userId, sdp });
      if (answer.type !== "answer") throw new ReplayError("recorder_unavailable");
      return { sdp: answer.sdp, recorderId: child.recorderId };
    } catch (error) {
      // After a timeout the process may have made it all the same.
      child.ask({ type: "unpublish", publicationId }).catch(() => {});
      if (slot.child === child) slot.publications.delete(publicationId);
      throw error;
    }
  }

  async candidates(publicationId: string, fragment: string): Promise<void> {
    await this.#slotOf(publicationId).child.ask({ type: "candidates", publicationId, fragment });
  }

  async unpublish(publicationId: string): Promise<void> {
    const slot = this.#slots.find(({ publications }) => publications.has(publicationId));
    await slot?.child.ask({ type: "unpublish", publicationId });
  }

  async start(options: StartOptions): Promise<void> {
    const { publicationId, roomName, userId, sessionId, firstRun, firstRunReason } = options;
    const slot = this.#slotOf(publicationId);
    const previous = this.#recording(sessionId);
    // Only one process may write a session; within one it hands over by itself.
    if (previous && previous !== slot) await this.stop(sessionId);
    const { child } = slot;
    try {
      await child.ask({ type: "start", publicationId, roomName, userId, sessionId, firstRun, firstRunReason });
    } catch (error) {
      // After a timeout the process may have begun all the same.
      if (error instanceof ReplayError && error.code === "recorder_unavailable") child.ask({ type: "stop", sessionId }).catch(() => {});
      throw error;
    }
    slot.releaseSession(sessionId);
    if (slot.publications.has(publicationId)) slot.publications.set(publicationId, sessionId);
  }

  async stop(sessionId: string): Promise<void> {
    if (await this.#shares.stop(sessionId)) return;
    const slot = this.#recording(sessionId);
    if (!slot) return;
    await slot.child.ask({ type: "stop", sessionId });
    slot.releaseSession(sessionId);
  }

  async tail(sessionId: string, captureId: string, cutAtMs: number): Promise<TailEntry | null> {
    const slot = this.#shares.slotOf(sessionId) ?? this.#recording(sessionId);
    const answer = await slot?.child.ask({ type: "tail", sessionId, captureId, cutAtMs });
    return answer?.type === "tail" ? answer.tail : null;
  }

  on(listener: (event: RecorderEvent) => void): () => void {
    return this.#events.on(listener);
  }

  stats(): SupervisorStats {
    const counts = this.#slots.map((slot) => slot.counts);
    return {
      processes: this.#slots.map((slot) => slot.stats),
      timeouts: counts.reduce((sum, { timeouts }) => sum + timeouts, 0),
      invalidMessages: counts.reduce((sum, { invalidMessages }) => sum + invalidMessages, 0),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  async #finish(): Promise<void> {
    this.#shares.close();
    await Promise.all(this.#slots.map((slot) => slot.close()));
    await this.#socket.close();
  }

  #leastBusy(): RecorderSlot {
    const up = this.#slots.filter(({ child }) => child.isUp);
    const [first] = up.sort((left, right) => left.load - right.load);
    if (!first) throw new ReplayError("recorder_unavailable");
    return first;
  }

  #slotOf(publicationId: string): RecorderSlot {
    const slot = this.#slots.find(({ publications }) => publications.has(publicationId));
    if (!slot) throw new ReplayError("publication_not_found");
    return slot;
  }

  #recording(sessionId: string): RecorderSlot | undefined {
    return this.#slots.find((slot) => slot.sessionIds.includes(sessionId));
  }
}
