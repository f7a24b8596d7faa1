/**
 * The subscriber's WebRTC transport to LiveKit: ICE, DTLS and SRTP of node-datachannel; packets in, RTCP out. Which track a packet belongs to is not known here.
 * It has a UDP port of its own: connections to several rooms go to one and the same port of LiveKit, so on a shared port of ours nothing would tell their packets apart.
 */
import { type DataChannel, PeerConnection, type RtcConfig, type Track, Video } from "node-datachannel";
import { type LocalTransport, localTransport, type RemoteTransport } from "../sdp/transport.js";
import { libraryOffer, libraryPayloadType, transportMids } from "./sdp/answer.js";
import { PacketSender } from "../share/sender.js";

/** What a transport tells. Not called any more after `close`. */
export interface SubscriberTransportEvents {
  /** ICE and DTLS are done. */
  readonly onOpen: () => void;
  /** An RTP or RTCP packet, decrypted; the bytes are the receiver's own. */
  readonly onPacket: (packet: Uint8Array) => void;
  /** A candidate of ours, `candidate:…`. */
  readonly onCandidate: (candidate: string) => void;
  /** Connectivity is lost, or LiveKit closed it. */
  readonly onEnd: () => void;
}

const endings = new Set(["closed", "disconnected", "failed"]);

/** Holds native resources until `close`. */
export class SubscriberTransport {
  readonly #pc: PeerConnection;
  readonly #track: Track;
  readonly #sender: PacketSender;
  /** Held so that they stay open: LiveKit takes a closed one for an error. */
  readonly #channels: DataChannel[] = [];
  #closed = false;

  /** Throws `Error` when the library refuses the configuration. */
  constructor(config: RtcConfig, events: SubscriberTransportEvents) {
    this.#pc = new PeerConnection("subscriber", config);
    const media = new Video(transportMids.media, "RecvOnly");
    media.addVideoCodec(libraryPayloadType, "VP8");
    this.#track = this.#pc.addTrack(media);
    this.#sender = new PacketSender(this.#track);
    this.#track.onOpen(() => this.#closed || events.onOpen());
    this.#track.onMessage((packet) => this.#closed || events.onPacket(packet));
    this.#pc.onLocalCandidate((candidate) => this.#closed || events.onCandidate(candidate.replace(/^a=/, "")));
    this.#pc.onStateChange((state) => void (endings.has(state) && !this.#closed && events.onEnd()));
    this.#pc.onDataChannel((channel) => {
      // What people send each other is not for the recorder; unread it would pile up.
      channel.onMessage(() => {});
      if (this.#channels.length < 8) this.#channels.push(channel);
    });
  }

  /** Answers the first offer; candidates follow by `onCandidate`. Throws `Error` when the library refuses it. */
  answer(remote: RemoteTransport): LocalTransport {
    this.#pc.setRemoteDescription(libraryOffer(remote), "offer");
    this.#pc.setLocalDescription("answer");
    const description = this.#pc.localDescription();
    if (!description) throw new Error("The WebRTC library gave no answer");
    return localTransport(description.sdp);
  }

  /** Candidates of LiveKit, as `readCandidate` gives them. Those that the library refuses are ignored. */
  addCandidates(candidates: readonly string[]): void {
    for (const candidate of this.#closed ? [] : candidates) {
      try {
        this.#pc.addRemoteCandidate(candidate, transportMids.data);
      } catch {
        // The connection may have ended by itself; its end is told by its state.
      }
    }
  }

  /** Hands an RTCP packet to the network; false (and counted) when it is not open. */
  send(packet: Uint8Array): boolean {
    return !this.#closed && this.#sender.send(packet);
  }

  /** Packets that the network did not take. */
  get refused(): number {
    return this.#sender.refused;
  }

  /** Says goodbye (DTLS) and frees everything. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#track.close();
    this.#pc.close();
  }
}
