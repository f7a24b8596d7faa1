/**
 * What happened here is told to the other servers, and what happened there is heard here, so that who listens at one server hears of all. Best effort:
 * queues are bounded, and what cannot be told is dropped and counted. Nothing rests on it but what people see at once: rows and files are the truth.
 */
import { type Gap, gapSchema, type SessionHealth, sessionHealthSchema } from "@livekit-replay/contract";
import { z } from "zod";
import type { DomainEvent, EventBus } from "../events/bus.js";
import { readEvent, writeEvent } from "../events/wire.js";
import type { Metrics } from "../platform/metrics.js";
import type { ServerAddress } from "./calls.js";
import type { Servers, ServersLogger } from "./servers.js";

/** What is only in the memory of the server that has a session, and goes along with what happens to it. */
export interface Fleeting {
  readonly health: SessionHealth;
  /** Gaps that no segment has told of yet. */
  readonly gaps: readonly Gap[];
}

/** Where fleeting state comes from and goes to. */
export interface FleetingStates {
  /** Of a session that this server has; null of any other. */
  own(sessionId: string): Fleeting | null;
  /** Another server says so of a session that it has. */
  hear(sessionId: string, serverId: string, state: Fleeting): void;
}

/** What the relay works with. */
export interface EventRelayParts {
  readonly bus: EventBus;
  readonly servers: Servers;
  readonly states: FleetingStates;
  readonly metrics: Metrics;
  readonly logger: ServersLogger;
}

/** Where events are told. */
const eventsPath = "/servers/events";

const messageSchema = z.object({ events: z.array(z.object({ event: z.unknown(), live: z.unknown().optional() })).max(1000) });
const fleetingSchema: z.ZodType<Fleeting> = z.object({ health: sessionHealthSchema, gaps: z.array(gapSchema) });

/** Events that wait for one server; more are dropped, oldest first. */
const mostWaiting = 1000;
/** Of one message, in UTF-8: bodies are bounded. */
const mostBytes = 48_000;
const limitMs = 5000;
const farewellMs = 1000;

/** Events on their way to one server. */
interface Queue {
  readonly waiting: string[];
  sending: Promise<void> | null;
}

/** Tells and hears until it is closed. */
export class EventRelay {
  readonly #parts: EventRelayParts;
  readonly #queues = new Map<string, Queue>();
  readonly #stops: readonly (() => void)[];

  constructor(parts: EventRelayParts) {
    this.#parts = parts;
    this.#stops = [
      parts.bus.subscribe((event, origin) => {
        if (origin === "here") this.#tell(event);
      }),
      parts.servers.onGone((id) => this.#queues.delete(id)),
    ];
  }

  /** What another server told. */
  hear(message: string, from: string): void {
    const { bus, states } = this.#parts;
    const read = messageSchema.safeParse(JSON.parse(message));
    if (!read.success) {
      this.#count("unreadable", 1);
      return;
    }
    for (const { event: told, live } of read.data.events) {
      const event = readEvent(told);
      if (!event) {
        this.#count("unreadable", 1);
        continue;
      }
      const state = fleetingSchema.safeParse(live);
      if ("session" in event && state.success) states.hear(event.session.id, from, state.data);
      bus.publish(event, "elsewhere");
    }
  }

  /** Tells what is still to be told, within a moment, and nothing more. Idempotent. */
  async close(): Promise<void> {
    for (const stop of this.#stops) stop();
    const sending = [...this.#queues.values()].flatMap((queue) => queue.sending ?? []);
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([Promise.allSettled(sending), new Promise<void>((resolve) => (timer = setTimeout(resolve, farewellMs)))]);
    clearTimeout(timer);
  }

  #tell(event: DomainEvent): void {
    const { servers, states } = this.#parts;
    const { reachable } = servers;
    if (reachable.length === 0) return;
    const live = "session" in event ? states.own(event.session.id) : null;
    const text = JSON.stringify({ event: writeEvent(event), ...(live ? { live } : {}) });
    for (const server of reachable) {
      const queue = this.#queues.get(server.id) ?? { waiting: [], sending: null };
      this.#queues.set(server.id, queue);
      queue.waiting.push(text);
      const over = queue.waiting.splice(0, Math.max(0, queue.waiting.length - mostWaiting));
      if (over.length > 0) this.#count("dropped", over.length);
      queue.sending ??= this.#send(server, queue).finally(() => (queue.sending = null));
    }
  }

  async #send(server: ServerAddress, queue: Queue): Promise<void> {
    // What else happens in this turn goes along.
    await Promise.resolve();
    while (queue.waiting.length > 0) {
      const texts = takeSome(queue.waiting);
      try {
        await this.#parts.servers.calls.post(server, eventsPath, { events: texts.map((text) => JSON.parse(text) as unknown) }, limitMs);
        this.#count("told", texts.length);
      } catch (error) {
        this.#count("dropped", texts.length);
        this.#parts.logger.warn(
          { err: error, serverId: server.id, events: texts.length },
          "another server could not be told what happened",
        );
      }
    }
  }

  #count(outcome: string, by: number): void {
    this.#parts.metrics.count("server_events_total", "Events told to and by other servers", { outcome }, by);
  }
}

/** As many of the first as fit into one message, at least one. */
function takeSome(waiting: string[]): string[] {
  let bytes = 0;
  let count = 0;
  for (const text of waiting) {
    const more = Buffer.byteLength(text);
    if (count > 0 && bytes + more > mostBytes) break;
    bytes += more;
    count += 1;
  }
  return waiting.splice(0, count);
}
