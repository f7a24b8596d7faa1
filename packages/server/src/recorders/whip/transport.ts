/** One publisher's WebRTC transport: ICE, DTLS and SRTP of node-datachannel; packets in, packets out. Which track a packet belongs to is not known here. */
import { PeerConnection, type Track, Video } from "node-datachannel";
import type { RtcNetwork } from "./network.js";
import { localTransport } from "../sdp/transport.js";
import { libraryOffer, transportMid, writeAnswer } from "./sdp/answer.js";
import type { WhipOffer } from "./sdp/offer.js";
import { PacketSender } from "../share/sender.js";

/** What a transport tells. Not called any more after `close`. */
export interface TransportEvents {
  /** ICE and DTLS are done: packets can be sent. */
  readonly onOpen: () => void;
  /** An RTP or RTCP packet, decrypted; the bytes are the receiver's own. */
  readonly onPacket: (packet: Uint8Array) => void;
  /** The publisher closed it, or connectivity is lost. */
  readonly onEnd: (reason: string) => void;
}

/**
 * The publisher checks first: it cannot before it has the whole answer. Our checks on the candidates of its offer would come earlier, be answered,
 * and our DTLS would knock at a door that is not there yet: a second lost, or (libdatachannel, so OBS) a refusal because the fingerprint is not known yet.
 */
const HEAD_START_MS = 500;
/** Candidates of STUN and TURN servers that take longer are left out of the answer. */
const GATHER_LIMIT_MS = 2_000;

const endings: Readonly<Record<string, string>> = {
  closed: "The publisher closed the connection",
  disconnected: "The publisher closed the connection",
  failed: "The connection to the publisher is lost",
};

/** Made by `WhipTransport.open`; holds native resources until `close`. */
export class WhipTransport {
  readonly #pc: PeerConnection;
  readonly #track: Track;
  readonly #sender: PacketSender;
  #headStart: NodeJS.Timeout | null = null;
  #closed = false;

  private constructor(network: RtcNetwork, offer: WhipOffer, events: TransportEvents) {
    this.#pc = new PeerConnection("publisher", network.config);
    const media = new Video(transportMid, "RecvOnly");
    media.addVideoCodec(offer.video.codec.payloadType, "H264");
    this.#track = this.#pc.addTrack(media);
    this.#sender = new PacketSender(this.#track);
    this.#track.onOpen(() => this.#closed || events.onOpen());
    this.#track.onMessage((packet) => this.#closed || events.onPacket(packet));
    this.#pc.onStateChange((state) => {
      const reason = endings[state];
      if (reason !== undefined && !this.#closed) events.onEnd(reason);
    });
  }

  /** Answers an offer. Throws `Error` when the native library refuses it (nothing is left then). */
  static async open(network: RtcNetwork, offer: WhipOffer, events: TransportEvents): Promise<{ transport: WhipTransport; answer: string }> {
    const transport = new WhipTransport(network, offer, events);
    try {
      const sdp = await transport.#negotiate(offer, network.asksServers ? GATHER_LIMIT_MS : GATHER_LIMIT_MS / 4);
      const local = localTransport(sdp);
      const announced = network.publicCandidate(local.candidates);
      const candidates = announced === null ? local.candidates : [announced, ...local.candidates];
      transport.#headStart = setTimeout(() => transport.addCandidates(offer.candidates), HEAD_START_MS);
      return { transport, answer: writeAnswer(offer, { ...local, candidates }) };
    } catch (error) {
      transport.close();
      throw error;
    }
  }

  /** Hands an RTP or RTCP packet to the network; false (and counted) when it is not open. */
  send(packet: Uint8Array): boolean {
    return !this.#closed && this.#sender.send(packet);
  }

  /** Packets that the network did not take. */
  get refused(): number {
    return this.#sender.refused;
  }

  /** Candidates as `readCandidate` gives them. Those that the library refuses are ignored. */
  addCandidates(candidates: readonly string[]): void {
    for (const candidate of this.#closed ? [] : candidates) {
      try {
        this.#pc.addRemoteCandidate(candidate, transportMid);
      } catch {
        // The connection may have ended by itself; its end is told by its state.
      }
    }
  }

  /** Says goodbye (DTLS) and frees everything. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#headStart) clearTimeout(this.#headStart);
    this.#track.close();
    this.#pc.close();
  }

  async #negotiate(offer: WhipOffer, limitMs: number): Promise<string> {
    const gathered = Promise.withResolvers<void>();
    this.#pc.onGatheringStateChange((state) => state === "complete" && gathered.resolve());
    this.#pc.setRemoteDescription(libraryOffer(offer), "offer");
    this.#pc.setLocalDescription("answer");
    const limit = setTimeout(gathered.resolve, limitMs);
    if (this.#pc.gatheringState() === "complete") gathered.resolve();
    await gathered.promise;
    clearTimeout(limit);
    const description = this.#closed ? null : this.#pc.localDescription();
    if (!description) throw new Error("The connection ended before it was answered");
    return description.sdp;
  }
}
