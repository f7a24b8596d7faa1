/** Which share a packet of a room's connection belongs to: by SSRC, as LiveKit's offers announce them. Reports of several streams come in one packet. */
import type { WallMs } from "@livekit-replay/contract";
import { isRtcp, type ShareTrack } from "@livekit-replay/media";
import type { RoomShare } from "./share.js";

interface Route {
  readonly share: RoomShare;
  readonly track: ShareTrack;
}

const read32 = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;

/** Belongs to one room. */
export class Routes {
  readonly #routes = new Map<number, Route>();
  #unknown = 0;

  /** RTP packets that belonged to nothing. */
  get unknown(): number {
    return this.#unknown;
  }

  /** Replaces all routes by those to these shares. */
  set(shares: readonly RoomShare[]): void {
    this.#routes.clear();
    for (const share of shares) for (const [ssrc, track] of share.streams) this.#routes.set(ssrc, { share, track });
  }

  /** Hands a packet to its share. Cheap: called for every packet. */
  deliver(packet: Uint8Array, wall: WallMs, now: WallMs): void {
    if (packet.length < 8 || (packet[0] ?? 0) >> 6 !== 2) this.#unknown += 1;
    else if (isRtcp(packet)) this.#reports(packet, wall);
    else {
      const route = packet.length < 12 ? undefined : this.#routes.get(read32(packet, 8));
      if (route === undefined) this.#unknown += 1;
      else route.share.rtp(route.track, packet, wall, now);
    }
  }

  /** A compound packet (RFC 3550, 6.1) is taken apart: each share hears only of its own streams. */
  #reports(packet: Uint8Array, wall: WallMs): void {
    for (let at = 0; at + 8 <= packet.length;) {
      const end = at + ((((packet[at + 2] ?? 0) << 8) | (packet[at + 3] ?? 0)) + 1) * 4;
      if (end > packet.length) return;
      const route = this.#routes.get(read32(packet, at + 4));
      route?.share.rtcp(route.track, packet.subarray(at, end), wall);
      at = end;
    }
  }
}
