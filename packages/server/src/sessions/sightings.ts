/** When this server first saw each share of a LiveKit room: tells a share that somebody stopped from one that began after it. */
import { type WallMs, wallMs } from "@livekit-replay/contract";

/** Before everything: a share that was there when its room was looked at for the first time. */
const always = wallMs(0);

/** What one look showed: when it was, and since when each share is there. */
interface Look {
  readonly at: WallMs;
  readonly shares: ReadonlyMap<string, WallMs>;
}

/** Remembers what the last look at each room showed, and no more. */
export class Sightings {
  readonly #rooms = new Map<string, Look>();
  readonly #isAlone: () => boolean;

  /** @param isAlone no other server looks: whoever begins to record is seen here. Where others do, a share may be as old as the look that did not show it. */
  constructor(isAlone: () => boolean = () => true) {
    this.#isAlone = isAlone;
  }

  /** Notes the shares that a look at a room showed. */
  note(roomName: string, trackIds: readonly string[], now: WallMs): void {
    const before = this.#rooms.get(roomName);
    const appeared = before && !this.#isAlone() ? before.at : now;
    const shares = new Map(trackIds.map((id) => [id, before ? (before.shares.get(id) ?? appeared) : always]));
    this.#rooms.set(roomName, { at: now, shares });
  }

  /** Since when a share is known to be there; 0: since before this server knew the room. */
  since(roomName: string, trackId: string): WallMs {
    return this.#rooms.get(roomName)?.shares.get(trackId) ?? always;
  }

  /** Forgets all rooms but these. */
  keep(roomNames: ReadonlySet<string>): void {
    for (const roomName of this.#rooms.keys()) if (!roomNames.has(roomName)) this.#rooms.delete(roomName);
  }
}
