/** One room as the page sees it: the event stream of the room, kept open while somebody looks at it. */
import type { ReplayClient, StreamState, Subscription } from "@livekit-replay/client";
import type { RoomEvent } from "@livekit-replay/contract";
import { Value } from "../store/value.js";
import { reduceRoom, unknownRoom, type RoomState } from "./reduce.js";

/** A room's state and how its stream is. */
export interface RoomSnapshot extends RoomState {
  readonly stream: StreamState;
}

interface Entry {
  readonly value: Value<RoomSnapshot>;
  readonly listeners: Set<(event: RoomEvent) => void>;
  /** Undefined while paused. */
  subscription: Subscription | undefined;
  users: number;
}

const fresh: RoomSnapshot = { ...unknownRoom, stream: { state: "connecting" } };

/** The rooms that are open. The first user of a room opens its stream, the last one closes it. */
export class RoomStores {
  readonly #client: ReplayClient;
  readonly #entries = new Map<string, Entry>();
  readonly #idle = new Value(fresh);
  #paused = false;

  constructor(client: ReplayClient) {
    this.#client = client;
  }

  /** The room's value; an unknown room while nobody has acquired it. */
  value(roomName: string): Value<RoomSnapshot> {
    return this.#entries.get(roomName)?.value ?? this.#idle;
  }

  /** Opens the room, or joins those who have it open. Answers how to let go of it; that may be called once. */
  acquire(roomName: string, listener?: (event: RoomEvent) => void): () => void {
    const entry = this.#entries.get(roomName) ?? this.#open(roomName);
    entry.users += 1;
    if (listener !== undefined) entry.listeners.add(listener);
    return () => {
      if (listener !== undefined) entry.listeners.delete(listener);
      entry.users -= 1;
      if (entry.users > 0) return;
      if (this.#entries.get(roomName) === entry) this.#entries.delete(roomName);
      void entry.subscription?.close();
    };
  }

  /** Closes the streams for a while: nobody looks. The person does not count as in the rooms meanwhile. */
  pause(): void {
    this.#paused = true;
    for (const entry of this.#entries.values()) {
      void entry.subscription?.close();
      entry.subscription = undefined;
    }
  }

  /** Undoes `pause`; each stream begins with the whole state. */
  resume(): void {
    this.#paused = false;
    for (const [roomName, entry] of this.#entries) entry.subscription ??= this.#subscribe(roomName, entry);
  }

  /** Closes every room's stream. */
  async close(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(async ({ subscription }) => await subscription?.close()));
  }

  #open(roomName: string): Entry {
    const entry: Entry = { value: new Value(fresh), listeners: new Set(), subscription: undefined, users: 0 };
    if (!this.#paused) entry.subscription = this.#subscribe(roomName, entry);
    this.#entries.set(roomName, entry);
    return entry;
  }

  #subscribe(roomName: string, { value, listeners }: Entry): Subscription {
    return this.#client.events.room(roomName, {
      onEvent: (event) => {
        value.set(reduceRoom(value.get(), event));
        for (const listener of listeners) listener(event);
      },
      onState: (stream) => value.set({ ...value.get(), stream }),
    });
  }
}
