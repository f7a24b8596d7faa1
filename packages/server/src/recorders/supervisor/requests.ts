/** Requests to one recorder process that wait for their answer. */
import { type RecorderMessage, type RecorderRequest, ReplayError } from "@livekit-replay/contract";

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A request before it has its number. */
export type RequestBody = DistributiveOmit<RecorderRequest, "id">;

/** What ends a request well. */
export type Answer = Extract<RecorderMessage, { type: "answer" | "done" | "tail" }>;

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: ReplayError) => void;
  readonly limit: NodeJS.Timeout;
}

const MAX_WAITING = 1_000;

/** Belongs to one process; `failAll` ends it. */
export class PendingRequests {
  readonly #waiting = new Map<number, Waiting>();
  readonly #limitMs: number;
  #nextId = 1;
  #timeouts = 0;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** Requests that were not answered in time. */
  get timeouts(): number {
    return this.#timeouts;
  }

  /** Sends a request and waits. Throws `recorder_unavailable` when there is no answer in time, else what the recorder says. */
  ask(body: RequestBody, send: (request: RecorderRequest) => void): Promise<Answer> {
    if (this.#waiting.size >= MAX_WAITING) return Promise.reject(new ReplayError("recorder_unavailable"));
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        this.#waiting.delete(id);
        this.#timeouts += 1;
        reject(new ReplayError("recorder_unavailable"));
      }, this.#limitMs);
      this.#waiting.set(id, { resolve, reject, limit });
      send({ ...body, id });
    });
  }

  /** Takes an answer or a failure; one that nobody waits for any more is dropped. */
  settle(message: Answer | Extract<RecorderMessage, { type: "failed" }>): void {
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return;
    this.#waiting.delete(message.id);
    clearTimeout(waiting.limit);
    if (message.type === "failed") waiting.reject(new ReplayError(message.code, { detail: message.detail }));
    else waiting.resolve(message);
  }

  /** The process is gone. */
  failAll(): void {
    for (const { reject, limit } of this.#waiting.values()) {
      clearTimeout(limit);
      reject(new ReplayError("recorder_unavailable"));
    }
    this.#waiting.clear();
  }
}
