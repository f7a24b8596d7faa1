/** The LiveKit rooms that this page is in: the first who needs a room joins it, the last one leaves it. */
import type { ReplayClient } from "@livekit-replay/client";
import type { Livekit } from "./library.js";
import { Membership } from "./membership.js";

interface Entry {
  readonly membership: Membership;
  users: number;
}

/** Distinguishes this page from other tabs and devices of the person. Not kept: a duplicated tab would have the same. */
const newDevice = (): string => crypto.randomUUID().slice(0, 8);

/** A hold on a room. */
export interface Held {
  readonly membership: Membership;
  /** Lets go. May be called once. */
  readonly release: () => void;
}

/** Rooms by name. */
export class LivekitRooms {
  readonly #client: ReplayClient;
  readonly #load: (() => Promise<Livekit>) | undefined;
  readonly #device = newDevice();
  readonly #entries = new Map<string, Entry>();

  /** `load`: default livekit-client. */
  constructor(client: ReplayClient, load?: () => Promise<Livekit>) {
    this.#client = client;
    this.#load = load;
  }

  /** The room, if somebody holds it. */
  find(roomName: string): Membership | undefined {
    return this.#entries.get(roomName)?.membership;
  }

  /** Joins the room, or shares the one that is joined. */
  acquire(roomName: string): Held {
    const entry = this.#entries.get(roomName) ?? this.#join(roomName);
    entry.users += 1;
    return {
      membership: entry.membership,
      release: () => {
        entry.users -= 1;
        if (entry.users > 0) return;
        if (this.#entries.get(roomName) === entry) this.#entries.delete(roomName);
        void entry.membership.close();
      },
    };
  }

  /** Leaves every room. Idempotent. */
  async close(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(({ membership }) => membership.close()));
  }

  #join(roomName: string): Entry {
    const membership = new Membership({
      client: this.#client,
      roomName,
      device: this.#device,
      ...(this.#load && { load: this.#load }),
    });
    const entry = { membership, users: 0 };
    this.#entries.set(roomName, entry);
    return entry;
  }
}
