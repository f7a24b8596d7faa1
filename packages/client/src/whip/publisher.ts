/**
 * Publishes a screen share, and keeps it published: while the MediaStream lives, a lost connection, a recorder that was started again or a
 * server that is gone for a while end in a new publication of the same person, which goes on in the same session.
 */
import { errorCatalogue } from "@livekit-replay/contract";
import { isRefusal, RefusedError, UnreachableError } from "../request/error.js";
import { backoffMs, pause } from "../request/pause.js";
import { localNow } from "../time/clock.js";
import { SendingConnection } from "./connection.js";
import type { WhipResource } from "./exchange.js";

/** `ended`: the person stopped sharing, or `close` was called. `failed`: the server refuses for good (`error`); the stream still runs. */
export type PublisherState =
  | { readonly state: "connecting" | "publishing" | "reconnecting" | "ended" }
  | { readonly state: "failed"; readonly error: unknown };

/** What is published, where, and who is told. */
export interface PublisherOptions {
  readonly whip: WhipResource;
  readonly roomName: string;
  /** From `getDisplayMedia`. Its tracks are stopped at the end. */
  readonly stream: MediaStream;
  readonly iceServers?: readonly RTCIceServer[];
  readonly onState?: (state: PublisherState) => void;
}

/** The server lets a new publication take over once the old one has been silent for 2 s: so long "already active" can mean ourselves. */
const TAKE_OVER_MS = 6000;
/** After so long somebody else, or another page of ours, has the session. */
const TAKEN_MS = 30_000;

/** Whether trying again can help. `published`: it worked once, so that the person relies on it. */
const mayPass = (error: unknown, published: boolean, sinceLostMs: number): boolean => {
  if (isRefusal(error, "already_active")) return sinceLostMs < (published ? TAKEN_MS : TAKE_OVER_MS);
  if (error instanceof RefusedError && !errorCatalogue[error.code].retryable) return false;
  if (published) return true;
  const passing = error instanceof UnreachableError || isRefusal(error, "recorder_unavailable");
  return passing && sinceLostMs < TAKE_OVER_MS;
};

/** A share on its way to the server, from construction until `close` or the end of its video track. */
export class ScreenPublisher {
  readonly #options: PublisherOptions;
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;
  #connection: SendingConnection | undefined;
  #resource: string | undefined;
  #state: PublisherState = { state: "connecting" };
  #wake: (() => void) | undefined;

  /** Begins at once. */
  constructor(options: PublisherOptions) {
    this.#options = options;
    for (const track of options.stream.getVideoTracks()) track.addEventListener("ended", this.#end);
    globalThis.addEventListener?.("pagehide", this.#leave);
    this.#done = this.#run();
  }

  get state(): PublisherState {
    return this.#state;
  }

  /** The transport or the recorder is gone (the `republish` event): publish again now. Does nothing while that is being done already. */
  republish(): void {
    if (this.#state.state === "publishing") this.#wake?.();
  }

  /** Ends the share: stops the tracks and deletes the publication. Idempotent; resolves when the server knows (or cannot be told). */
  async close(): Promise<void> {
    this.#abort.abort();
    this.#connection?.close();
    this.#wake?.();
    await this.#done;
  }

  readonly #end = (): void => void this.close();

  /** The page is being left: a request that outlives it ends the session at once, not after a minute of silence. */
  readonly #leave = (event: Event): void => {
    if ("persisted" in event && event.persisted === true) return;
    void this.#unpublish({ keepalive: true });
  };

  async #run(): Promise<void> {
    // Whoever makes the publisher has it in hand before the first callback comes.
    await Promise.resolve();
    this.#say({ state: "connecting" });
    const error = await this.#keepPublished();
    await this.#finish();
    this.#say(error === undefined ? { state: "ended" } : { state: "failed", error });
  }

  /** Publishes again and again until the share ends (undefined) or the server refuses for good (why). */
  async #keepPublished(): Promise<unknown> {
    const { signal } = this.#abort;
    let published = false;
    let lostAtMs = localNow();
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        const lost = await this.#publish();
        this.#say({ state: "publishing" });
        [published, attempt] = [true, 0];
        await lost();
        lostAtMs = localNow();
        this.#connection?.close();
        // Deleting a lost publication would end the session: the next one takes it over.
        if (!signal.aborted) this.#resource = undefined;
      } catch (error) {
        this.#connection?.close();
        await this.#unpublish();
        if (!signal.aborted && !mayPass(error, published, localNow() - lostAtMs)) return error;
      }
      if (signal.aborted) break;
      if (published) this.#say({ state: "reconnecting" });
      await pause(backoffMs(attempt, { firstMs: 500, maxMs: 5000 }), signal);
    }
    return undefined;
  }

  /** Publishes once, until media flows. Answers how to wait for its loss. */
  async #publish(): Promise<() => Promise<void>> {
    const { whip, roomName, stream, iceServers = [] } = this.#options;
    const lost = Promise.withResolvers<void>();
    this.#wake = lost.resolve;
    this.#connection = new SendingConnection({ stream, iceServers, onLost: lost.resolve });
    const offer = await this.#connection.offer();
    this.#abort.signal.throwIfAborted();
    const publication = await whip.publish(roomName, offer, { signal: this.#abort.signal });
    this.#resource = publication.resource;
    const flows = await this.#connection.connect(publication.answerSdp);
    this.#abort.signal.throwIfAborted();
    if (!flows) throw new UnreachableError("network", "The share could not be sent: no media connection to the server");
    return () => lost.promise;
  }

  async #unpublish(options: { readonly keepalive?: boolean } = {}): Promise<void> {
    const resource = this.#resource;
    this.#resource = undefined;
    // A publication that is gone already, or a server that is, needs no deleting.
    if (resource !== undefined) await this.#options.whip.unpublish(resource, options).catch(() => undefined);
  }

  async #finish(): Promise<void> {
    this.#connection?.close();
    for (const track of this.#options.stream.getTracks()) track.stop();
    for (const track of this.#options.stream.getVideoTracks()) track.removeEventListener("ended", this.#end);
    globalThis.removeEventListener?.("pagehide", this.#leave);
    await this.#unpublish();
  }

  #say(state: PublisherState): void {
    this.#state = state;
    this.#options.onState?.(state);
  }
}
