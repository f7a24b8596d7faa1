/**
 * One event stream that stays: read by `fetch` (so that the token travels in a header), opened again after a cut with a growing, jittered pause.
 * The server begins every stream with the whole state, so nothing has to be caught up after a reconnect.
 */
import { createParser } from "eventsource-parser";
import { RefusedError } from "../request/error.js";
import { backoffMs, pause, type BackoffOptions } from "../request/pause.js";
import type { AnswerSchema, Transport } from "../request/transport.js";

/** `connecting` for the first time; `open`; `reconnecting` after a cut; `refused` for good (`error` says why); `closed` by the caller. */
export type StreamState =
  | { readonly state: "connecting" | "open" | "reconnecting" | "closed" }
  | { readonly state: "refused"; readonly error: RefusedError };

/** Who is told of a stream. Neither may throw. */
export interface StreamHandlers<T> {
  readonly onEvent: (event: T) => void;
  readonly onState?: (state: StreamState) => void;
}

/** What is read, and how patiently. */
export interface StreamOptions<T> extends StreamHandlers<T> {
  readonly path: string;
  readonly schema: AnswerSchema<T & { readonly serverTimeMs: number }>;
  readonly backoff?: BackoffOptions;
  /** A stream that says nothing (not even a comment) for so long is taken for dead. Default 45 s. */
  readonly idleMs?: number;
}

/** A stream that is read until it is closed. `close` is idempotent and resolves when nothing more will be called. */
export interface Subscription {
  close(): Promise<void>;
}

/** The longest event is a room with its sessions; whatever is longer is not ours. */
const MOST_CHARACTERS = 1_000_000;

const isFinal = (error: unknown): error is RefusedError => error instanceof RefusedError && error.status < 500 && error.status !== 429;

class Stream<T> implements Subscription {
  readonly #transport: Transport;
  readonly #options: StreamOptions<T>;
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;
  #attempt = 0;
  #isOpen = false;

  constructor(transport: Transport, options: StreamOptions<T>) {
    this.#transport = transport;
    this.#options = options;
    this.#done = this.#run();
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    // Whoever subscribes has the subscription in hand before the first callback comes.
    await Promise.resolve();
    const { signal } = this.#abort;
    this.#say({ state: "connecting" });
    while (!signal.aborted) {
      try {
        await this.#read();
      } catch (error) {
        if (isFinal(error) && !signal.aborted) return this.#say({ state: "refused", error });
      }
      if (signal.aborted) break;
      this.#attempt += 1;
      this.#say({ state: "reconnecting" });
      await pause(backoffMs(this.#attempt, { firstMs: 300, maxMs: 5000, ...this.#options.backoff }), signal);
    }
    this.#say({ state: "closed" });
  }

  /** Reads one connection to its end. */
  async #read(): Promise<void> {
    const once = new AbortController();
    const signal = AbortSignal.any([once.signal, this.#abort.signal]);
    const idleMs = this.#options.idleMs ?? 45_000;
    let idle = setTimeout(() => once.abort(), idleMs);
    try {
      const response = await this.#transport.open(this.#options.path, "text/event-stream", signal);
      if (response.body === null) return;
      const parser = createParser({ maxBufferSize: MOST_CHARACTERS, onEvent: (event) => this.#take(event.data) });
      for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
        clearTimeout(idle);
        idle = setTimeout(() => once.abort(), idleMs);
        parser.feed(text);
      }
    } finally {
      clearTimeout(idle);
      once.abort();
    }
  }

  #take(data: string): void {
    if (this.#abort.signal.aborted) return;
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      return;
    }
    const event = this.#options.schema.safeParse(value);
    // An event of a newer server is not for this client.
    if (!event.success) return;
    this.#transport.clock.hear(event.data.serverTimeMs);
    this.#attempt = 0;
    if (!this.#isOpen) this.#say({ state: "open" });
    this.#options.onEvent(event.data);
  }

  #say(state: StreamState): void {
    this.#isOpen = state.state === "open";
    this.#options.onState?.(state);
  }
}

/** Opens a stream and keeps it open. */
export const subscribe = <T>(transport: Transport, options: StreamOptions<T>): Subscription => new Stream(transport, options);
