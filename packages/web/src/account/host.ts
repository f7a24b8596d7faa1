/**
 * The host application's window: it holds the page in a frame, or opened it, and gives it tokens by `postMessage`. It is heard only where its origin
 * is on the server's list (`EMBED_ORIGINS`), and only as the parent or the opener.
 */
import { backoffMs, pause, Value } from "@livekit-replay/client";
import { hostMessageSchema, type HostMessage, type PageMessage, type TokenWanted } from "@livekit-replay/contract";

/** A window that can be written to. */
export interface OtherWindow {
  postMessage(message: PageMessage, targetOrigin: string): void;
}

/** A message as it arrives. */
export interface Message {
  readonly source: unknown;
  readonly origin: string;
  readonly data: unknown;
}

/** The window of the page, as far as it is needed. */
export interface PageWindow {
  readonly parent: OtherWindow;
  readonly opener: OtherWindow | null;
  /** Origins of the windows around the page, the nearest first, where the browser tells (not in Firefox). */
  readonly ancestorOrigins?: readonly string[];
  /** Hears messages; answers how to stop. */
  readonly listen: (hear: (message: Message) => void) => () => void;
}

/** Where the page is, which origins count, and who hears of messages. */
export interface HostWindowOptions {
  readonly page: PageWindow;
  /** May fail; it is asked again then. */
  readonly origins: () => Promise<readonly string[]>;
  readonly onMessage: (message: HostMessage) => void;
}

/** More messages before the list is known are nobody's that we wait for. */
const MOST_EARLY = 20;

/** Windows that may speak: not the page itself. */
const windowsOf = ({ parent, opener }: PageWindow, self: unknown): OtherWindow[] =>
  [...new Set([parent, opener])].filter((one): one is OtherWindow => one !== null && one !== self);

/** The window from construction until `close`. Without a parent or an opener it does nothing and asks the server nothing. */
export class HostWindow {
  readonly #options: HostWindowOptions;
  readonly #windows: readonly OtherWindow[];
  readonly #abort = new AbortController();
  readonly #there = new Value(false);
  #origins: readonly string[] | undefined;
  #early: Message[] = [];
  /** The window and origin that spoke last: nobody else is asked then. */
  #heard: { readonly window: OtherWindow; readonly origin: string } | undefined;
  #wanted: TokenWanted | undefined;

  /** @param self the page's own window, which is its own parent when nothing holds it */
  constructor(options: HostWindowOptions, self: unknown) {
    this.#options = options;
    this.#windows = windowsOf(options.page, self);
    if (this.#windows.length === 0) return;
    const stop = options.page.listen((message) => this.#hear(message));
    this.#abort.signal.addEventListener("abort", stop, { once: true });
    void this.#learn();
  }

  /** Nothing holds or opened the page. */
  get isAlone(): boolean {
    return this.#windows.length === 0;
  }

  /** True once it is known that somebody may answer. */
  get there(): Value<boolean> {
    return this.#there;
  }

  /** Asks for a token; the answer, if there is one, comes as a message. */
  ask(reason: TokenWanted): void {
    this.#wanted = reason;
    if (this.#origins === undefined) return;
    const message: PageMessage = { type: "replay:token-wanted", reason };
    for (const [window, origin] of this.#targets()) window.postMessage(message, origin);
  }

  /** Hears nothing more. Idempotent. */
  close(): void {
    this.#abort.abort();
  }

  async #learn(): Promise<void> {
    const { signal } = this.#abort;
    for (let attempt = 1; this.#origins === undefined && !signal.aborted; attempt += 1) {
      try {
        this.#origins = await this.#options.origins();
      } catch {
        await pause(backoffMs(attempt, { firstMs: 500, maxMs: 20_000 }), signal);
      }
    }
    if (signal.aborted || this.#origins === undefined) return;
    this.#there.set(this.#targets().length > 0);
    const early = this.#early;
    this.#early = [];
    for (const message of early) this.#hear(message);
    if (this.#wanted !== undefined) this.ask(this.#wanted);
  }

  /** The browser keeps a message from a window that has another origin than it was meant for. */
  #targets(): (readonly [OtherWindow, string])[] {
    if (this.#heard !== undefined) return [[this.#heard.window, this.#heard.origin]];
    const { parent, ancestorOrigins } = this.#options.page;
    const around = ancestorOrigins?.[0];
    return this.#windows.flatMap((window) =>
      (this.#origins ?? [])
        .filter((origin) => window !== parent || around === undefined || origin === around)
        .map((origin) => [window, origin] as const),
    );
  }

  #hear(message: Message): void {
    const window = this.#windows.find((one) => one === message.source);
    if (window === undefined || this.#abort.signal.aborted) return;
    if (this.#origins === undefined) {
      if (this.#early.length < MOST_EARLY) this.#early.push(message);
      return;
    }
    if (!this.#origins.includes(message.origin)) return;
    const said = hostMessageSchema.safeParse(message.data);
    if (!said.success) return;
    this.#heard = { window, origin: message.origin };
    this.#options.onMessage(said.data);
  }
}

/** The browser's window. */
export const pageWindow = (): PageWindow => ({
  parent: globalThis.parent,
  opener: globalThis.opener as OtherWindow | null,
  ...(globalThis.location.ancestorOrigins !== undefined && { ancestorOrigins: [...globalThis.location.ancestorOrigins] }),
  listen: (hear) => {
    const listener = ({ source, origin, data }: MessageEvent): void => hear({ source, origin, data });
    globalThis.addEventListener("message", listener);
    return () => globalThis.removeEventListener("message", listener);
  },
});
