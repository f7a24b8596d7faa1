/**
 * Deleting with a way back: the clip leaves the page at once, the request waits until nobody can undo it any more. Deletion is final on the server.
 * When the page is left meanwhile, the request is sent then: the person did ask for it.
 */
import { isRefusal, type ReplayClient } from "@livekit-replay/client";
import { Value } from "../store/value.js";

/** So often the server is given the time that it asks for. */
const MOST_TURNS = 3;

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

  /**
   * Deletes several clips for good, one after the other: all at once would keep everything else from the server. Waits where the server asks for it.
   * Answers which it refused, and why; those are shown again.
   */
  async commitAll(clipIds: readonly string[]): Promise<{ readonly clipId: string; readonly error: unknown }[]> {
    const refused: { clipId: string; error: unknown }[] = [];
    for (const clipId of clipIds) {
      try {
        await this.#patient(clipId);
      } catch (error) {
        refused.push({ clipId, error });
      }
    }
    return refused;
  }

  async #patient(clipId: string): Promise<void> {
    for (let turn = 0; ; turn += 1) {
      try {
        return await this.commit(clipId);
      } catch (error) {
        if (turn >= MOST_TURNS || !isRefusal(error, "rate_limited")) throw error;
        this.hold(clipId);
        await new Promise((resolve) => setTimeout(resolve, (error.retryAfterSeconds ?? 1) * 1000));
      }
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
