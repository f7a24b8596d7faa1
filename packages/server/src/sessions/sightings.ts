/** When this server first saw each share of a LiveKit room: tells a share that somebody stopped from one that began after it. */
import { type WallMs, wallMs } from "@livekit-replay/contract";

/** Before everything: a share that was there when its room was looked at for the first time. */
const always = wallMs(0);

/** Remembers what the last look at each room showed, and no more. */
export class Sightings {
  readonly #rooms = new Map<string, ReadonlyMap<string, WallMs>>();

  /** Notes the shares that a look at a room showed. */
  note(roomName: string, trackIds: readonly string[], now: WallMs): void {
    const before = this.#rooms.get(roomName);
    this.#rooms.set(roomName, new Map(trackIds.map((id) => [id, before ? (before.get(id) ?? now) : always])));
  }

  /** Since when a share is known to be there; 0: since before this server knew the room. */
  since(roomName: string, trackId: string): WallMs {
    return this.#rooms.get(roomName)?.get(trackId) ?? always;
  }

  /** Forgets all rooms but these. */
  keep(roomNames: ReadonlySet<string>): void {
    for (const roomName of this.#rooms.keys()) if (!roomNames.has(roomName)) this.#rooms.delete(roomName);
  }
}
