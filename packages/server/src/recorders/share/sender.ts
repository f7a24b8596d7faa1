/** Sends the RTCP of a recorded share over a track of the WebRTC library, and counts what the network does not take. */
import type { Track } from "node-datachannel";

/** Made for one track; the track stays its owner's. */
export class PacketSender {
  readonly #track: Track;
  #refused = 0;

  constructor(track: Track) {
    this.#track = track;
  }

  /** Packets that the network did not take. */
  get refused(): number {
    return this.#refused;
  }

  /** Hands an RTP or RTCP packet to the network; false (and counted) when the track is not open. */
  send(packet: Uint8Array): boolean {
    let sent = false;
    try {
      sent = this.#track.sendMessageBinary(Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength));
    } catch {
      // The native side closes a track before it says so.
    }
    if (!sent) this.#refused += 1;
    return sent;
  }
}
