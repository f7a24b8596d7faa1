/**
 * What happened: here, or at another server that told of it. Services publish; the event streams (and whoever must react) subscribe.
 * Rows are as they were after the change. A listener's error is its own: it is reported to `onError` and stops nobody.
 */
import type { Conversion } from "@livekit-replay/contract";
import type { ClipRow, PostRow, SessionRow } from "../catalog/port.js";

/** One thing that happened. Rows are as they were after it. */
export type DomainEvent =
  | { readonly type: "session"; readonly session: SessionRow }
  /** A segment was closed: the window moved. */
  | { readonly type: "window"; readonly session: SessionRow }
  /** Row and buffer are gone. */
  | { readonly type: "session_gone"; readonly session: SessionRow }
  /** The owner's client should publish again. */
  | { readonly type: "republish"; readonly session: SessionRow }
  /** A clip was made just now. */
  | { readonly type: "captured"; readonly clip: ClipRow }
  | { readonly type: "clip"; readonly clip: ClipRow }
  /** How far FFmpeg is with a file of a clip; for the people who wait for it. */
  | { readonly type: "conversion"; readonly clip: ClipRow; readonly conversion: Conversion; readonly listeners: ReadonlySet<string> }
  | { readonly type: "clip_failed"; readonly clip: ClipRow; readonly reason: string }
  /** A clip is about to be deleted: whoever works on its files lets go of it. */
  | { readonly type: "clip_ending"; readonly clip: ClipRow }
  | { readonly type: "clip_gone"; readonly clip: ClipRow }
  | { readonly type: "quota"; readonly userId: string }
  /** Somebody is being removed: what is kept of their rights counts no more. */
  | { readonly type: "user_removed"; readonly userId: string }
  | { readonly type: "post"; readonly post: PostRow }
  | { readonly type: "post_gone"; readonly post: PostRow };

/** Where it happened: at this server, or at another one. */
export type EventOrigin = "here" | "elsewhere";

/** Hears what happened, synchronously and in order. */
export type DomainListener = (event: DomainEvent, origin: EventOrigin) => void;

/** Hands events on to whoever subscribed. Lives as long as the server. */
export class EventBus {
  readonly #listeners = new Set<DomainListener>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  publish(event: DomainEvent, origin: EventOrigin = "here"): void {
    for (const listener of this.#listeners) {
      try {
        listener(event, origin);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  /** Answers the function that ends the subscription. */
  subscribe(listener: DomainListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
