/** All recorders of the server as one: whoever needs the recorder of a session need not know which one has it. */
import type { TailEntry } from "@livekit-replay/contract";
import type { RecorderEvent, RecorderPort } from "./port.js";

/** Asks each recorder; those that do not have a session do nothing for it. */
export class Recorders implements RecorderPort {
  readonly #recorders: readonly RecorderPort[];
  #closing: Promise<void> | null = null;

  /** One that takes both WHIP and LiveKit may be given twice. */
  constructor(recorders: readonly RecorderPort[]) {
    this.#recorders = [...new Set(recorders)];
  }

  /** Every recorder is told, also when another one fails. @throws the first error */
  async stop(sessionId: string): Promise<void> {
    await this.#all((recorder) => recorder.stop(sessionId));
  }

  async tail(sessionId: string, captureId: string, cutAtMs: number): Promise<TailEntry | null> {
    for (const recorder of this.#recorders) {
      const tail = await recorder.tail(sessionId, captureId, cutAtMs);
      if (tail) return tail;
    }
    return null;
  }

  drains(sessionId: string): boolean {
    return this.#recorders.some((recorder) => recorder.drains?.(sessionId) ?? false);
  }

  on(listener: (event: RecorderEvent) => void): () => void {
    const ends = this.#recorders.map((recorder) => recorder.on(listener));
    return () => ends.forEach((end) => end());
  }

  /** Closes all of them. Idempotent. @throws the first error */
  close(): Promise<void> {
    this.#closing ??= this.#all((recorder) => recorder.close());
    return this.#closing;
  }

  async #all(work: (recorder: RecorderPort) => Promise<void>): Promise<void> {
    const outcomes = await Promise.allSettled(this.#recorders.map(work));
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  }
}
