/**
 * One client's event stream (server-sent events, HTML standard 9.2). Events are made one after the other in a bounded queue:
 * a reader that does not keep up is dropped, and finds the whole state again when it comes back.
 */
import type { ServerResponse } from "node:http";
import type { MeEvent, RoomEvent } from "@livekit-replay/contract";

/** What a client is sent. */
export type StreamedEvent = RoomEvent | MeEvent;
/** Makes the event to send; null when there is nothing to tell this client. */
export type EventMaker = () => Promise<StreamedEvent | null>;

/** Why a stream ended. */
export type StreamEnd = "client" | "expired" | "rights" | "slow" | "error" | "shutdown";

/** Options of `EventStream`. */
export interface EventStreamOptions {
  readonly response: ServerResponse;
  /** Headers that other parts set for the answer (CORS, security). */
  readonly headers: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly onEnd: (why: StreamEnd, error: unknown) => void;
  readonly heartbeatMs?: number;
  readonly queueLimit?: number;
}

const defaultHeartbeatMs = 15_000;
const defaultQueueLimit = 256;
/** How soon a client comes back. */
const retryMs = 2000;

/** See above. Ends with the client, with `end`, or when its reader is too slow. */
export class EventStream {
  readonly #options: EventStreamOptions;
  readonly #queue: EventMaker[] = [];
  readonly #heartbeat: NodeJS.Timeout;
  #pumping = false;
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(options: EventStreamOptions) {
    this.#options = options;
    const { response, headers, heartbeatMs = defaultHeartbeatMs } = options;
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store", "x-accel-buffering": "no" });
    response.write(`retry: ${retryMs}\n\n`);
    response.once("close", () => this.end("client"));
    response.on("error", () => this.end("client"));
    response.on("drain", () => this.#wake());
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs);
    this.#heartbeat.unref();
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Queues an event. */
  send(make: EventMaker): void {
    if (this.#ended) return;
    if (this.#queue.length >= (this.#options.queueLimit ?? defaultQueueLimit)) {
      this.end("slow");
      return;
    }
    this.#queue.push(make);
    void this.#pump();
  }

  /** Ends the stream. Idempotent. */
  end(why: StreamEnd, error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#heartbeat);
    this.#queue.length = 0;
    this.#wake();
    // A reader that does not read would keep the rest of its answer in memory.
    if (why === "slow") this.#options.response.destroy();
    else this.#options.response.end();
    this.#options.onEnd(why, error);
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      for (let make = this.#queue.shift(); make && !this.#ended; make = this.#queue.shift()) await this.#write(await make());
    } catch (error) {
      this.end("error", error);
    } finally {
      this.#pumping = false;
    }
  }

  async #write(event: StreamedEvent | null): Promise<void> {
    if (!event || this.#ended) return;
    const flows = this.#options.response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    if (flows) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  /** A comment, so that proxies keep the connection. A reader that takes nothing gets none. */
  #beat(): void {
    if (!this.#options.response.writableNeedDrain) this.#options.response.write(": still here\n\n");
  }
}
