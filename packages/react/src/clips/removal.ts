/**
 * Deleting with a way back: the clip leaves the page at once, the request waits until nobody can undo it any more. Deletion is final on the server.
 * When the page is left meanwhile, the request is sent then: the person did ask for it.
 */
import type { ReplayClient } from "@livekit-replay/client";
import { Value } from "../store/value.js";

/** Ids of clips that are to be deleted and are hidden already. */
export class RemovalStore {
  readonly #client: ReplayClient;
  readonly #value = new Value<ReadonlySet<string>>(new Set());
  readonly #waiting = new Set<string>();

  constructor(client: ReplayClient) {
    this.#client = client;
  }

  get value(): Value<ReadonlySet<string>> {
    return this.#value;
  }

  /** Hides a clip. `commit` or `undo` must follow. */
  hold(clipId: string): void {
    this.#waiting.add(clipId);
    this.#value.set(new Set([...this.#value.get(), clipId]));
  }

  /** Shows the clip again. */
  undo(clipId: string): void {
    this.#waiting.delete(clipId);
    this.#show(clipId);
  }

  /** Deletes the clip for good, if it was not undone. Throws when the server refuses; the clip is shown again then. */
  async commit(clipId: string): Promise<void> {
    if (!this.#waiting.delete(clipId)) return;
    try {
      await this.#client.clips.delete(clipId);
    } catch (error) {
      this.#show(clipId);
      throw error;
    }
  }

  /** Sends what still waits; the requests outlive the page. */
  flush(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const clipId of waiting) void this.#client.clips.delete(clipId, { keepalive: true }).catch(() => this.#show(clipId));
  }

  #show(clipId: string): void {
    this.#value.set(new Set([...this.#value.get()].filter((id) => id !== clipId)));
  }
}
