/** Who is in a room: connected, that is with its event stream open. Counted, because one person may have several streams. */

/** Knows who is in a room at other servers. */
export interface OtherPresence {
  isIn(roomName: string, userId: string): Promise<boolean>;
}

/** Counts the open event streams of rooms by person. */
export class Presence {
  readonly #streams = new Map<string, Map<string, number>>();
  readonly #elsewhere: OtherPresence | null;

  constructor(elsewhere: OtherPresence | null = null) {
    this.#elsewhere = elsewhere;
  }

  /** A stream of a room was opened. Answers the function to call once when it is closed; calling it again does nothing. */
  enter(roomName: string, userId: string): () => void {
    const people = this.#streams.get(roomName) ?? new Map<string, number>();
    this.#streams.set(roomName, people);
    people.set(userId, (people.get(userId) ?? 0) + 1);
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      const left = (people.get(userId) ?? 1) - 1;
      if (left > 0) people.set(userId, left);
      else people.delete(userId);
      if (people.size === 0 && this.#streams.get(roomName) === people) this.#streams.delete(roomName);
    };
  }

  /** Whether a person is in a room, at whatever server. */
  async isAnywhere(roomName: string, userId: string): Promise<boolean> {
    return this.isIn(roomName, userId) || ((await this.#elsewhere?.isIn(roomName, userId)) ?? false);
  }

  /** Whether a person is in a room at this server. */
  isIn(roomName: string, userId: string): boolean {
    return this.#streams.get(roomName)?.has(userId) ?? false;
  }
}
