/**
 * Keeps one person's access token fresh: asks for the next one before it ends, at once when the server refuses it, and again with growing pauses
 * while none comes. Requests wait for a while, so that what was being done goes on with the new token.
 */
import type { TokenWanted } from "@livekit-replay/contract";
import { readToken } from "./claims.js";
import { UnreachableError } from "./error.js";
import { backoffMs, pause } from "./pause.js";
import type { TokenQuestion } from "./transport.js";

/** `good`: as far as is known the server takes it; `wanted`: there is none (yet, or any more); `closed`. */
export type TokenState = "good" | "wanted" | "closed";

/** Whose token, and where fresh ones come from. */
export interface TokenKeeperOptions {
  /** Asks for a token: the host application, a server. Null, or what it throws: there is none now, and it is asked again later. */
  readonly ask: (why: TokenWanted) => Promise<string | null>;
  /** One that is there already. */
  readonly token?: string | null;
  /** Tokens of others are not taken. Default: whoever's the first one is. */
  readonly userId?: string;
  /** Hears each change. May not throw. */
  readonly onState?: (state: TokenState) => void;
  /** The server's time. Default: this machine's. */
  readonly now?: () => number;
  /** 0 to 1: spreads many pages apart. */
  readonly random?: () => number;
}

/** The next token is asked for this long before the end, or a fifth of its life where that is less; up to half as much earlier, by chance. */
const LEAD_MS = 5 * 60_000;
/** A token that ends at once (clocks that do not agree) is not asked for more often than this. */
const LEAST_MS = 5000;
/** So long a request waits for a token; what is pressed meanwhile is not lost. */
const WAIT_MS = 10_000;
/** Timers take no more. */
const LONGEST_MS = 2 ** 31 - 1;

/** How long to wait before the next token is asked for. */
export const renewInMs = (leftMs: number, random: number): number => {
  const leadMs = Math.min(LEAD_MS, leftMs * 0.2);
  return Math.max(LEAST_MS, leftMs - leadMs * (1 + random / 2));
};

/** A token that stays. Made for one person, and closed with their sign-out. */
export class TokenKeeper {
  readonly #options: TokenKeeperOptions;
  readonly #waiting = new Set<() => void>();
  #token: string | null = null;
  #userId: string | undefined;
  #state: TokenState = "wanted";
  #asking: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAtMs = Infinity;
  #tries = 0;

  constructor(options: TokenKeeperOptions) {
    this.#options = options;
    this.#userId = options.userId;
    if (options.token !== undefined && options.token !== null) this.take(options.token);
    this.open();
  }

  get state(): TokenState {
    return this.#state;
  }

  /** The newest token, good or not; null before the first. */
  get token(): string | null {
    return this.#token;
  }

  /** For a client's `getToken`. */
  readonly source = async ({ refused, token }: TokenQuestion): Promise<string | null> => {
    if (refused && (token === undefined || token === this.#token)) this.#refuse();
    // The last requests of a person who leaves go with the last token.
    if (this.#state !== "wanted") return this.#token;
    return await this.#fresh();
  };

  /** Takes a token that came without being asked for, too. False: it is somebody else's, or the one that was refused. */
  take(token: string): boolean {
    const reading = readToken(token);
    if (this.#state === "closed" || (this.#state === "wanted" && token === this.#token)) return false;
    if (reading !== undefined && this.#userId !== undefined && reading.userId !== this.#userId) return false;
    this.#userId ??= reading?.userId;
    this.#token = token;
    this.#tries = 0;
    this.#schedule(reading === undefined ? Infinity : this.#renewIn(reading.expiresAtMs));
    this.#change("good");
    return true;
  }

  /** Somebody looks again, or the network is back: a token that is wanted, or due, is asked for at once. */
  readonly hurry = (): void => {
    if (this.#state === "closed" || (this.#state === "good" && this.#now() < this.#dueAtMs)) return;
    if (globalThis.document?.visibilityState === "hidden") return;
    this.#tries = 0;
    void this.#ask();
  };

  /** Undoes `close`. Idempotent. */
  open(): void {
    globalThis.addEventListener?.("online", this.hurry);
    globalThis.document?.addEventListener("visibilitychange", this.hurry);
    if (this.#state !== "closed") return;
    this.#change(this.#token === null ? "wanted" : "good");
    this.#schedule(Math.max(0, this.#dueAtMs - this.#now()));
  }

  /** Asks no more. What is sent still goes with the last token. Idempotent. */
  close(): void {
    globalThis.removeEventListener?.("online", this.hurry);
    globalThis.document?.removeEventListener("visibilitychange", this.hurry);
    clearTimeout(this.#timer);
    this.#change("closed");
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  #renewIn(expiresAtMs: number): number {
    return renewInMs(expiresAtMs - this.#now(), (this.#options.random ?? Math.random)());
  }

  #refuse(): void {
    if (this.#state !== "good") return;
    this.#change("wanted");
    void this.#ask();
  }

  /** A good token, in time. */
  async #fresh(): Promise<string | null> {
    const limit = new AbortController();
    const come = Promise.withResolvers<void>();
    this.#waiting.add(come.resolve);
    // One that was asked for and did not come is asked for again by the clock.
    if (this.#tries === 0) void this.#ask();
    try {
      await Promise.race([come.promise, pause(WAIT_MS, limit.signal)]);
    } finally {
      this.#waiting.delete(come.resolve);
      limit.abort();
    }
    if (this.#state === "wanted") throw new UnreachableError("token", "No access token could be had: the sign-in has to be renewed");
    return this.#token;
  }

  #why(): TokenWanted {
    if (this.#token === null) return "start";
    return this.#state === "good" ? "expiring" : "refused";
  }

  #ask(): Promise<void> {
    return (this.#asking ??= this.#askOnce().finally(() => {
      this.#asking = undefined;
    }));
  }

  async #askOnce(): Promise<void> {
    clearTimeout(this.#timer);
    const before = this.#token;
    try {
      const token = await this.#options.ask(this.#why());
      if (token !== null && this.take(token)) return;
    } catch {
      // Whoever asks knows why; here it only means: not now.
    }
    // It may have come another way meanwhile.
    if (this.#state === "closed" || (this.#state === "good" && this.#token !== before)) return;
    this.#tries += 1;
    const { random } = this.#options;
    this.#schedule(backoffMs(this.#tries, { firstMs: 2000, maxMs: 60_000, ...(random && { random }) }));
  }

  #schedule(inMs: number): void {
    clearTimeout(this.#timer);
    this.#dueAtMs = this.#now() + inMs;
    if (inMs !== Infinity) this.#timer = setTimeout(() => this.#look(), Math.min(inMs, LONGEST_MS));
  }

  /** A timer of a month rings before its time. */
  #look(): void {
    if (this.#now() >= this.#dueAtMs) void this.#ask();
    else this.#schedule(this.#dueAtMs - this.#now());
  }

  #change(state: TokenState): void {
    const isNew = state !== this.#state;
    this.#state = state;
    if (state !== "wanted") for (const told of [...this.#waiting]) told();
    if (isNew) this.#options.onState?.(state);
  }
}
