/** Reads one event stream of the server, so that tests can wait for what it tells. */
import { type MeEvent, meEventSchema, type RoomEvent, roomEventSchema } from "@livekit-replay/contract";

/** An event that was read. */
export type ReadEvent = RoomEvent | MeEvent;

interface Waiting {
  readonly fits: (event: ReadEvent) => boolean;
  readonly resolve: (event: ReadEvent) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** One open stream. Every event is checked against the contract. */
export class EventReader {
  /** All events so far, in order. */
  readonly events: ReadEvent[] = [];
  /** Resolves when the server ends the stream (or `close` was called). */
  readonly ended: Promise<void>;
  readonly headers: Headers;
  readonly #abort: AbortController;
  readonly #waiting = new Set<Waiting>();
  #read = 0;

  private constructor(response: Response, abort: AbortController) {
    this.headers = response.headers;
    this.#abort = abort;
    this.ended = this.#readAll(response).catch(() => undefined);
  }

  /** @throws Error with the status when the server does not open it. */
  static async open(url: string, token: string): Promise<EventReader> {
    const abort = new AbortController();
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}`, accept: "text/event-stream" }, signal: abort.signal });
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    return new EventReader(response, abort);
  }

  /** The next event of a type that was not taken yet and fits; events before it are passed over. */
  async next<Type extends ReadEvent["type"]>(
    type: Type,
    fits: (event: Extract<ReadEvent, { type: Type }>) => boolean = () => true,
    limitMs = 15_000,
  ): Promise<Extract<ReadEvent, { type: Type }>> {
    const right = (event: ReadEvent): event is Extract<ReadEvent, { type: Type }> => event.type === type && fits(event as Extract<ReadEvent, { type: Type }>);
    while (this.#read < this.events.length) {
      const event = this.events[this.#read];
      this.#read += 1;
      if (event && right(event)) return event;
    }
    const event = await this.#wait(right, `${type} (so far: ${this.events.map((one) => one.type).join(" ")})`, limitMs);
    this.#read = this.events.length;
    if (!right(event)) throw new Error("another event was waited for");
    return event;
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.ended;
  }

  #wait(fits: (event: ReadEvent) => boolean, what: string, limitMs: number): Promise<ReadEvent> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(waiting);
        reject(new Error(`no event ${what} within ${limitMs} ms`));
      }, limitMs);
      const waiting: Waiting = { fits, resolve, reject, timer };
      this.#waiting.add(waiting);
    });
  }

  async #readAll(response: Response): Promise<void> {
    let text = "";
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk as Uint8Array, { stream: true });
        const blocks = text.split("\n\n");
        text = blocks.pop() ?? "";
        for (const block of blocks) this.#take(block);
      }
    } finally {
      for (const waiting of this.#waiting) {
        clearTimeout(waiting.timer);
        waiting.reject(new Error("the stream has ended"));
      }
    }
  }

  #take(block: string): void {
    const data = block.split("\n").find((line) => line.startsWith("data: "));
    if (data === undefined) return;
    const json: unknown = JSON.parse(data.slice("data: ".length));
    const room = roomEventSchema.safeParse(json);
    const event = room.success ? room.data : meEventSchema.parse(json);
    this.events.push(event);
    for (const waiting of this.#waiting) {
      if (!waiting.fits(event)) continue;
      this.#waiting.delete(waiting);
      clearTimeout(waiting.timer);
      waiting.resolve(event);
      return;
    }
  }
}
