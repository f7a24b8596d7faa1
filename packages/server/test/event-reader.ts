/** Reads one event stream of the server, so that tests can wait for what it tells. */
import { type MeEvent, meEventSchema, type RoomEvent, roomEventSchema } from "@livekit-replay/contract";

/** An event that was read. */
export type ReadEvent = RoomEvent | MeEvent;
type OfType<Type extends ReadEvent["type"]> = Extract<ReadEvent, { type: Type }>;

const isOfType = <Type extends ReadEvent["type"]>(event: ReadEvent, type: Type): event is OfType<Type> => event.type === type;

/** One open stream. Every event is checked against the contract. */
export class EventReader {
  /** All events so far, in order. */
  readonly events: ReadEvent[] = [];
  /** Resolves when the server ends the stream (or `close` was called). */
  readonly ended: Promise<void>;
  readonly headers: Headers;
  readonly #abort: AbortController;
  #news = Promise.withResolvers<void>();
  #over = false;
  #taken = 0;

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
    fits: (event: OfType<Type>) => boolean = () => true,
    limitMs = 15_000,
  ): Promise<OfType<Type>> {
    const limit = AbortSignal.timeout(limitMs);
    const late = new Promise<void>((resolve) => limit.addEventListener("abort", () => resolve()));
    for (;;) {
      const news = this.#news.promise;
      for (; this.#taken < this.events.length; this.#taken += 1) {
        const event = this.events[this.#taken];
        if (!event || !isOfType(event, type) || !fits(event)) continue;
        this.#taken += 1;
        return event;
      }
      if (this.#over || limit.aborted)
        throw new Error(`no ${type} within ${limitMs} ms, after ${this.events.map((one) => one.type).join(" ")}`);
      await Promise.race([news, late]);
    }
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.ended;
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
        this.#tell();
      }
    } finally {
      this.#over = true;
      this.#tell();
    }
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers<void>();
  }

  #take(block: string): void {
    const data = block.split("\n").find((line) => line.startsWith("data: "));
    if (data === undefined) return;
    const json: unknown = JSON.parse(data.slice("data: ".length));
    const room = roomEventSchema.safeParse(json);
    this.events.push(room.success ? room.data : meEventSchema.parse(json));
  }
}
