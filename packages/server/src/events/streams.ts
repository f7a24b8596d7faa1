/** The event streams that are open: who they belong to, that their rights still hold, and that none is left when the server stops. */
import { millis, type Millis, ReplayError } from "@livekit-replay/contract";
import type { Identities } from "../auth/identity.js";
import type { Viewer } from "../auth/viewer.js";
import type { Clock } from "../platform/clock.js";
import type { Metrics } from "../platform/metrics.js";
import type { DomainEvent, EventBus } from "./bus.js";
import { type EventMaker, EventStream, type EventStreamOptions, type StreamEnd } from "./stream.js";

/** How often rights are asked for again. */
const recheck: Millis = millis(10_000);
/** Streams of one person at once; one more ends the oldest. */
const mostPerPerson = 20;
/** Longest delay that a timer takes. */
const longestTimer = 2 ** 31 - 1;

/** What `open` needs to know of a client. */
export interface OpenOptions {
  readonly viewer: Viewer;
  /** Its `Authorization` header, to be judged again. */
  readonly authorization: string | undefined;
  readonly output: Pick<EventStreamOptions, "response" | "headers">;
  /** Still allowed? Throws a `ReplayError` when not. */
  readonly check: (viewer: Viewer) => Promise<void>;
  /** The first event: the whole state. */
  readonly first: (viewer: Viewer) => EventMaker;
  /** What an event of the server means for this client; null: nothing. */
  readonly tell: (event: DomainEvent, viewer: Viewer) => EventMaker | null;
  readonly onEnd?: () => void;
}

/** What the streams work with. */
export interface StreamsParts {
  readonly bus: EventBus;
  readonly identities: Identities;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: { warn(fields: object, message: string): void };
}

/** All open streams. */
export class Streams {
  readonly #parts: StreamsParts;
  readonly #open = new Map<EventStream, string>();

  constructor(parts: StreamsParts) {
    this.#parts = parts;
    parts.metrics.gauge("event_streams", "Event streams that are open", () => this.#open.size);
  }

  /** Opens a stream; it ends with the client, the token, the right, or the server. */
  open(options: OpenOptions): void {
    const { bus, clock } = this.#parts;
    let viewer = options.viewer;
    const timers: NodeJS.Timeout[] = [];
    const endings: (() => void)[] = [];
    const stream = new EventStream({
      ...options.output,
      onEnd: (why, error) => this.#ended(stream, why, error, [...endings, ...(options.onEnd ? [options.onEnd] : [])]),
    });
    endings.push(bus.subscribe((event) => this.#tell(stream, options.tell(event, viewer))));
    timers.push(setTimeout(() => stream.end("expired"), Math.min(longestTimer, viewer.caller.tokenExpiresAtMs - clock.now())));
    timers.push(
      setInterval(() => {
        void this.#judge(stream, options, viewer).then((judged) => {
          if (judged) viewer = judged;
        });
      }, recheck),
    );
    for (const timer of timers) timer.unref();
    endings.push(() => timers.forEach((timer) => clearTimeout(timer)));
    this.#admit(stream, viewer.caller.userId);
    // A client that left before it was let in tells nothing any more.
    if (options.output.response.destroyed) stream.end("client");
    stream.send(options.first(viewer));
  }

  /** Ends all streams. Idempotent. */
  close(): void {
    for (const stream of this.#open.keys()) stream.end("shutdown");
  }

  #tell(stream: EventStream, make: EventMaker | null): void {
    if (make) stream.send(make);
  }

  #admit(stream: EventStream, userId: string): void {
    const own = [...this.#open].filter(([, owner]) => owner === userId).map(([open]) => open);
    if (own.length >= mostPerPerson) own[0]?.end("shutdown");
    this.#open.set(stream, userId);
  }

  /** Asks again who it is and whether they may; ends the stream when the answer is no, or none. */
  async #judge(stream: EventStream, { authorization, check }: OpenOptions, viewer: Viewer): Promise<Viewer | null> {
    try {
      const again: Viewer = { ...viewer, ...(await this.#parts.identities.byHeader(authorization)) };
      await check(again);
      return again;
    } catch (error) {
      stream.end("rights", error);
      return null;
    }
  }

  #ended(stream: EventStream, why: StreamEnd, error: unknown, endings: readonly (() => void)[]): void {
    this.#open.delete(stream);
    for (const end of endings) end();
    this.#parts.metrics.count("event_streams_ended_total", "Event streams that ended, by reason", { why });
    if (error !== undefined && !(error instanceof ReplayError))
      this.#parts.logger.warn({ err: error, why }, "an event stream ended with an error");
  }
}
