/**
 * The one way to the server: address, token, time limit, retries, errors, and the check of the answer against the contract.
 * Everything else in this package is a thin layer over `Transport`.
 */
import { errorCatalogue } from "@livekit-replay/contract";
import { localNow, type ServerClock } from "../time/clock.js";
import { readRefusal, RefusedError, UnreachableError } from "./error.js";
import { backoffMs, pause, type BackoffOptions } from "./pause.js";

/** A schema of the contract, as far as it is needed to check an answer. */
export interface AnswerSchema<T> {
  safeParse(value: unknown): { readonly success: true; readonly data: T } | { readonly success: false; readonly error: unknown };
}

/** A parameter of the address; `undefined` leaves it out. */
export type QueryValue = string | number | boolean | undefined;

/** What a token source is asked for. */
export interface TokenQuestion {
  /** The last token was answered with 401, and a fresh one is wanted. */
  readonly refused: boolean;
  /** Which one that was. */
  readonly token?: string | null;
}

/** Gives the token that authorises a request; null for none. What it throws ends the request as if the server could not be reached: later it can be another way. */
export type TokenSource = (question: TokenQuestion) => string | null | Promise<string | null>;

/** One request. */
export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the base address, begins with a slash, already escaped. */
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** Sent as JSON; a string with `contentType` is sent as it is. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** It does no harm to send it twice. Default: for GET, PUT and DELETE. Only such calls are tried again. */
  readonly idempotent?: boolean;
  /** Default 15 s. */
  readonly timeoutMs?: number;
  /** Lets the request outlive the page (`fetch` keepalive). */
  readonly keepalive?: boolean;
  readonly signal?: AbortSignal;
}

/** Where the server is and how to speak with it. */
export interface TransportOptions {
  /** Address of the API: `https://host/livekit-replay`. */
  readonly baseUrl: string;
  readonly getToken?: TokenSource;
  readonly clock: ServerClock;
  readonly fetch?: typeof fetch;
  readonly backoff?: BackoffOptions;
}

const MOST_ATTEMPTS = 3;
/** A server that asks for a longer pause is not waited for: the person is told instead. */
const LONGEST_PAUSE_SECONDS = 5;

const worthAnotherTry = (error: unknown): boolean => {
  if (error instanceof UnreachableError) return error.reason !== "unexpected";
  return error instanceof RefusedError && errorCatalogue[error.code].retryable && (error.retryAfterSeconds ?? 0) <= LONGEST_PAUSE_SECONDS;
};

const noToken = (cause?: unknown): UnreachableError =>
  new UnreachableError("token", "No access token could be had: the sign-in has to be renewed", cause);

const serverTimeOf = (body: unknown): number | undefined => {
  if (typeof body !== "object" || body === null || !("serverTimeMs" in body)) return undefined;
  return typeof body.serverTimeMs === "number" ? body.serverTimeMs : undefined;
};

/** Sends requests. Holds nothing open between them. */
export class Transport {
  readonly baseUrl: string;
  readonly clock: ServerClock;
  readonly #getToken: TokenSource;
  readonly #fetch: typeof fetch;
  readonly #backoff: BackoffOptions;

  constructor(options: TransportOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, "");
    this.clock = options.clock;
    this.#getToken = options.getToken ?? (() => null);
    this.#fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.#backoff = options.backoff ?? {};
  }

  /** The whole address of a path of the API. */
  url(path: string, query: Readonly<Record<string, QueryValue>> = {}): string {
    const pairs = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
    const text = new URLSearchParams(pairs).toString();
    return `${this.baseUrl}${path}${text === "" ? "" : `?${text}`}`;
  }

  /** A link of an answer (absolute, or with a leading slash) as a whole address. */
  link(link: string): string {
    return new URL(link, this.baseUrl).href;
  }

  /** The token for who must add it by hand (hls.js); null when signed out. */
  async token(): Promise<string | null> {
    return await this.#getToken({ refused: false });
  }

  /** Sends and reads JSON, checked. Throws `RefusedError` or `UnreachableError`; an abort of `signal` throws its reason. */
  async json<T>(call: Call, schema: AnswerSchema<T>): Promise<T> {
    return await this.#repeat(call, async () => {
      const sentAtMs = localNow();
      const response = await this.#limited(call);
      const body = await this.#read(response);
      const serverTimeMs = serverTimeOf(body);
      if (serverTimeMs !== undefined) this.clock.sample({ sentAtMs, receivedAtMs: localNow(), serverTimeMs });
      const answer = schema.safeParse(body);
      if (!answer.success)
        throw new UnreachableError("unexpected", `${call.method} ${call.path}: the answer is not as the contract says`, answer.error);
      return answer.data;
    });
  }

  /** Sends, and expects no body. */
  async empty(call: Call): Promise<void> {
    await this.#repeat(call, async () => {
      const response = await this.#limited(call);
      await response.body?.cancel();
    });
  }

  /** Sends once, with a time limit, and answers the 2xx response as it is. For SDP. */
  async raw(call: Call): Promise<Response> {
    return await this.#limited(call);
  }

  /** Opens a stream: no time limit, no retry, ends with `signal`. Throws as `json` does. */
  async open(path: string, accept: string, signal: AbortSignal): Promise<Response> {
    return await this.#authorised({ method: "GET", path, headers: { accept }, signal }, signal);
  }

  async #repeat<T>(call: Call, once: () => Promise<T>): Promise<T> {
    const idempotent = call.idempotent ?? (call.method !== "POST" && call.method !== "PATCH");
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await once();
      } catch (error) {
        if (!idempotent || attempt >= MOST_ATTEMPTS || !worthAnotherTry(error)) throw error;
        const askedMs = error instanceof RefusedError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
        await pause(Math.max(askedMs, backoffMs(attempt, this.#backoff)), call.signal);
        call.signal?.throwIfAborted();
      }
    }
  }

  async #limited(call: Call): Promise<Response> {
    const limit = AbortSignal.timeout(call.timeoutMs ?? 15_000);
    return await this.#authorised(call, call.signal === undefined ? limit : AbortSignal.any([limit, call.signal]));
  }

  /** A 401 is answered once with a fresh token, if there is one. */
  async #authorised(call: Call, signal: AbortSignal): Promise<Response> {
    const token = await this.#tokenWithin({ refused: false }, call, signal);
    const first = await this.#once(call, token, signal);
    if (first.ok) return first;
    const refusal = await readRefusal(first);
    if (first.status !== 401) throw refusal;
    const fresh = await this.#tokenWithin({ refused: true, token }, call, signal);
    if (fresh === null || fresh === token) throw refusal;
    const second = await this.#once(call, fresh, signal);
    if (second.ok) return second;
    throw await readRefusal(second);
  }

  /** A token that is waited for ends with the request that needs it. */
  async #tokenWithin(question: TokenQuestion, call: Call, signal: AbortSignal): Promise<string | null> {
    const late = Promise.withResolvers<never>();
    const end = (): void => late.reject(call.signal?.aborted === true ? call.signal.reason : noToken());
    if (signal.aborted) end();
    signal.addEventListener("abort", end);
    try {
      return await Promise.race([this.#getToken(question), late.promise]);
    } catch (cause) {
      call.signal?.throwIfAborted();
      throw cause instanceof UnreachableError ? cause : noToken(cause);
    } finally {
      signal.removeEventListener("abort", end);
      late.promise.catch(() => undefined);
    }
  }

  async #once(call: Call, token: string | null, signal: AbortSignal): Promise<Response> {
    const headers = new Headers(call.headers);
    if (token !== null) headers.set("authorization", `Bearer ${token}`);
    const init: RequestInit = { method: call.method, headers, signal, keepalive: call.keepalive ?? false };
    if (call.body !== undefined) {
      headers.set("content-type", call.contentType ?? "application/json");
      init.body = call.contentType !== undefined && typeof call.body === "string" ? call.body : JSON.stringify(call.body);
    }
    try {
      return await this.#fetch(this.url(call.path, call.query), init);
    } catch (cause) {
      call.signal?.throwIfAborted();
      if (signal.aborted) throw new UnreachableError("timeout", "The server did not answer in time", cause);
      throw new UnreachableError("network", "The server cannot be reached", cause);
    }
  }

  async #read(response: Response): Promise<unknown> {
    try {
      return await response.json();
    } catch (cause) {
      throw new UnreachableError("unexpected", "The server's answer is not JSON", cause);
    }
  }
}
