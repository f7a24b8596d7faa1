/** Which track of a share a packet belongs to. All of a publisher's packets come on one transport: RTP is told apart by payload type, RTCP by SSRC. */
import type { ShareTrack } from "@livekit-replay/media";
import type { WhipOffer } from "./sdp/offer.js";

/** Where a packet goes; `unknown` is counted and dropped. */
export type Route =
  | { readonly kind: "rtp"; readonly track: ShareTrack }
  | { readonly kind: "rtcp"; readonly track: ShareTrack }
  | { readonly kind: "unknown" };

const routes = {
  video: { kind: "rtp", track: "video" },
  audio: { kind: "rtp", track: "audio" },
  videoControl: { kind: "rtcp", track: "video" },
  audioControl: { kind: "rtcp", track: "audio" },
  unknown: { kind: "unknown" },
} as const satisfies Record<string, Route>;

const readSsrc = (packet: Uint8Array, at: number): number =>
  (((packet[at] ?? 0) << 24) | ((packet[at + 1] ?? 0) << 16) | ((packet[at + 2] ?? 0) << 8) | (packet[at + 3] ?? 0)) >>> 0;

/** Made for one publication. */
export class PacketRouter {
  readonly #videoType: number;
  readonly #audioType: number;
  #audioSsrc: number | null = null;

  constructor(offer: WhipOffer) {
    this.#videoType = offer.video.codec.payloadType;
    this.#audioType = offer.audio?.codec.payloadType ?? -1;
  }

  /** Cheap: called for every packet. RFC 5761, 4: the second byte tells RTP from RTCP. */
  route(packet: Uint8Array): Route {
    if (packet.length < 8 || ((packet[0] ?? 0) & 0xc0) !== 0x80) return routes.unknown;
    const second = packet[1] ?? 0;
    if (second >= 192 && second <= 223) return readSsrc(packet, 4) === this.#audioSsrc ? routes.audioControl : routes.videoControl;
    if (packet.length < 12) return routes.unknown;
    const type = second & 0x7f;
    if (type === this.#videoType) return routes.video;
    if (type !== this.#audioType) return routes.unknown;
    this.#audioSsrc = readSsrc(packet, 8);
    return routes.audio;
  }
}
