/** Publishes a film over real WHIP (RFC 9725) with node-datachannel: for tests, benches and the demo. */
import { randomInt } from "node:crypto";
import { type RtpTicks, rtpTicks } from "@livekit-replay/contract";
import { TransportSequence } from "@livekit-replay/media/testing";
import { Audio, PeerConnection, type Track, Video } from "node-datachannel";
import type { Film } from "../film/model.js";
import type { Endpoint } from "../proxy/udp.js";
import type { FrameLog } from "./frame-log.js";
import { type OutgoingCounts, OutgoingStream } from "./outgoing.js";
import { acceptedExtension, addExtensions, candidateFragment, EXTENSIONS, rerouteCandidates, withoutCandidates } from "./sdp.js";
import { FilmSender } from "./sender.js";
import { deleteResource, patchCandidates, postOffer, type WhipAnswer, WhipRefusal, type WhipTarget } from "./whip.js";

/** Options of `WhipPublisher.publish`. Defaults: sound on, sender reports, right clock, random first numbers. */
export interface WhipPublisherOptions extends WhipTarget {
  readonly film: Film;
  /** `later`: a sound track without packets until `setSound(true)`. `none`: no sound track. */
  readonly sound?: "on" | "later" | "none";
  readonly senderReports?: boolean;
  /** Added to the wall clock in sender reports. */
  readonly ntpOffsetMs?: number;
  /** Of both streams: near 65535 to see a wrap. */
  readonly firstSequence?: number;
  /** Of both streams: near 2^32 to see a wrap. */
  readonly firstTimestamp?: RtpTicks;
  /** Whether transport-wide congestion control is offered. Default true. */
  readonly transportCc?: boolean;
  /** Tells its candidates by PATCH after the answer. Without it the server learns them from the connectivity checks alone. */
  readonly trickle?: boolean;
  /** The publication counts as failed when the server has sent feedback and then none for so long while media flows. Default: never. */
  readonly giveUpAfterMs?: number;
  /** Sends everything by way of another address (`LossyUdpProxy.route`); it is not told the server's way round, so `trickle` does nothing then. */
  readonly route?: (server: Endpoint) => Endpoint;
}

/** Why a publication is over. `failed`: the transport was closed or lost by the other side. */
export type EndReason = "stopped" | "vanished" | "failed";

interface Streams {
  readonly video: OutgoingStream;
  readonly audio: OutgoingStream | null;
}

const SPARE_SSRCS = 4;
const VIDEO = { mid: "0", payloadType: 96, clockRate: 90_000 };
const AUDIO = { mid: "1", payloadType: 111, clockRate: 48_000 };
const OPUS_PROFILE = "minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1";
const CONNECT_LIMIT_MS = 20_000;

const ssrcsOf = (): number[] => Array.from({ length: SPARE_SSRCS }, () => randomInt(1, 0xffff_ffff));

/** The transport and its tracks, before anything is agreed. */
function openPeer(
  url: string,
  sound: boolean,
): { pc: PeerConnection; video: Track; audio: Track | null; videoSsrcs: number[]; audioSsrcs: number[] } {
  // Loopback is not among the addresses that are gathered by themselves.
  const local = /^(localhost|127\.[\d.]+)$/.test(new URL(url).hostname) ? { bindAddress: "127.0.0.1" } : {};
  const pc = new PeerConnection("publisher", { iceServers: [], disableAutoNegotiation: true, forceMediaTransport: true, ...local });
  const videoSsrcs = ssrcsOf();
  const media = new Video(VIDEO.mid, "SendOnly");
  media.addH264Codec(VIDEO.payloadType, "profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1");
  for (const ssrc of videoSsrcs) media.addSSRC(ssrc, "share", "share", "picture");
  const video = pc.addTrack(media);
  if (!sound) return { pc, video, audio: null, videoSsrcs, audioSsrcs: [] };
  const audioSsrcs = ssrcsOf();
  const audioMedia = new Audio(AUDIO.mid, "SendOnly");
  audioMedia.addOpusCodec(AUDIO.payloadType, OPUS_PROFILE);
  for (const ssrc of audioSsrcs) audioMedia.addSSRC(ssrc, "share", "share", "sound");
  return { pc, video, audio: pc.addTrack(audioMedia), videoSsrcs, audioSsrcs };
}

/** The offer once all candidates are gathered. */
function makeOffer(pc: PeerConnection): Promise<string> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error("Candidates were not gathered in time")), CONNECT_LIMIT_MS);
    pc.onGatheringStateChange((state) => {
      const description = state === "complete" ? pc.localDescription() : null;
      if (!description) return;
      clearTimeout(limit);
      resolve(description.sdp);
    });
    pc.setLocalDescription("offer");
  });
}

function senderOf(track: Track): (packet: Uint8Array) => boolean {
  return (packet) => {
    try {
      return track.sendMessageBinary(Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength));
    } catch {
      // The track was closed by the other side: its end is told by the transport's state.
      return false;
    }
  };
}

/**
 * One publication. It sends in real time from `publish` to `stop` or `vanish`; `close` is `stop` that never throws.
 * A film has its keyframes where it was encoded: PLIs are counted and not followed.
 */
export class WhipPublisher {
  readonly #pc: PeerConnection;
  readonly #streams: Streams;
  readonly #sender: FilmSender;
  readonly #resource: WhipTarget;
  #watch: NodeJS.Timeout | null = null;
  readonly #ended = Promise.withResolvers<EndReason>();
  #over = false;
  #stopping: Promise<WhipAnswer | null> | null = null;

  private constructor(pc: PeerConnection, streams: Streams, sender: FilmSender, resource: WhipTarget) {
    this.#pc = pc;
    this.#streams = streams;
    this.#sender = sender;
    this.#resource = resource;
    pc.onStateChange((state) => {
      if (state === "closed" || state === "failed") this.#end("failed");
    });
  }

  /**
   * Publishes and resolves once packets flow.
   * @throws WhipRefusal when the server does not take the offer.
   */
  static async publish(options: WhipPublisherOptions): Promise<WhipPublisher> {
    const peer = openPeer(options.url, (options.sound ?? "on") !== "none" && options.film.packets !== null);
    try {
      const gathered = addExtensions(await makeOffer(peer.pc), options.transportCc ?? true);
      // libdatachannel fails now and then when the server's checks come while it takes the answer in; without candidates they cannot.
      const answer = await postOffer(options, withoutCandidates(gathered));
      if (answer.status !== 201) throw new WhipRefusal(answer);
      const resource = { url: answer.location ?? options.url, token: options.token };
      const opened = whenOpen(peer.pc, peer.audio ? [peer.video, peer.audio] : [peer.video]);
      // When the steps below fail, nobody waits for it any more.
      opened.catch(() => {});
      peer.pc.setRemoteDescription(options.route ? rerouteCandidates(answer.body, options.route) : answer.body, "answer");
      if (options.trickle === true && !options.route) await trickle(resource, gathered, answer);
      await opened;
      return WhipPublisher.#start(options, peer, resource, answer.body);
    } catch (error) {
      peer.pc.close();
      throw error;
    }
  }

  static #start(options: WhipPublisherOptions, peer: ReturnType<typeof openPeer>, resource: WhipTarget, answer: string): WhipPublisher {
    const shared = {
      extensions: { mid: acceptedExtension(answer, EXTENSIONS.mid.uri), twcc: acceptedExtension(answer, EXTENSIONS.twcc.uri) },
      transportSequence: new TransportSequence(),
      ntpOffsetMs: options.ntpOffsetMs ?? 0,
    };
    const firsts = (): { firstSequence: number; firstTimestamp: RtpTicks } => ({
      firstSequence: options.firstSequence ?? randomInt(0x1_0000),
      firstTimestamp: options.firstTimestamp ?? rtpTicks(randomInt(0xffff_ffff)),
    });
    const video = new OutgoingStream({
      ...VIDEO,
      ...shared,
      ...firsts(),
      kind: "video",
      ssrcs: peer.videoSsrcs,
      send: senderOf(peer.video),
    });
    peer.video.onMessage((rtcp) => video.receive(rtcp));
    let audio: OutgoingStream | null = null;
    if (peer.audio) {
      const stream = new OutgoingStream({
        ...AUDIO,
        ...shared,
        ...firsts(),
        kind: "audio",
        ssrcs: peer.audioSsrcs,
        send: senderOf(peer.audio),
      });
      peer.audio.onMessage((rtcp) => stream.receive(rtcp));
      audio = stream;
    }
    const { film, sound = "on", senderReports = true } = options;
    const sender = new FilmSender({ film, video, audio, soundOn: sound === "on", senderReports });
    const publisher = new WhipPublisher(peer.pc, { video, audio }, sender, resource);
    sender.start();
    if (options.giveUpAfterMs !== undefined) publisher.#watchFeedback(options.giveUpAfterMs);
    return publisher;
  }

  /** What was sent and when. */
  get log(): FrameLog {
    return this.#sender.log;
  }

  get video(): OutgoingCounts {
    return this.#streams.video.counts;
  }

  /** Null without a sound track. */
  get audio(): OutgoingCounts | null {
    return this.#streams.audio?.counts ?? null;
  }

  /** Resolves when the publication is over, for whatever reason. Never rejects. */
  get ended(): Promise<EndReason> {
    return this.#ended.promise;
  }

  /** The address of the publication at the server. */
  get resourceUrl(): string {
    return this.#resource.url;
  }

  /** Sends nothing (no media, no reports) until `resume`; the transport stays. */
  pause(): void {
    this.#sender.pause();
  }

  resume(): void {
    this.#sender.resume();
  }

  setSound(on: boolean): void {
    this.#sender.setSound(on);
  }

  /** Goes on with another film of the same timing at its next keyframe. */
  changeFilm(film: Film): void {
    this.#sender.changeFilm(film);
  }

  /** Both streams go on under other SSRCs, with new sequence and timestamp offsets. At most three times. */
  changeSsrc(): void {
    this.#streams.video.changeSsrc();
    this.#streams.audio?.changeSsrc();
  }

  /** The timestamps of both streams jump, as after the sleep of a laptop. */
  jumpTimestamp(byMs: number): void {
    this.#streams.video.jumpTimestamp(byMs);
    this.#streams.audio?.jumpTimestamp(byMs);
  }

  /** Ends the publication with DELETE, as a page does. Gives the server's answer; null when it was over already. Calls at the same time share one DELETE. */
  stop(): Promise<WhipAnswer | null> {
    this.#stopping ??= this.#over ? Promise.resolve(null) : this.#stop();
    return this.#stopping;
  }

  /** Ends without DELETE and without a word on the transport, as a browser that crashed. */
  vanish(): void {
    this.#end("vanished");
  }

  async close(): Promise<void> {
    await this.stop().catch(() => null);
  }

  async #stop(): Promise<WhipAnswer> {
    this.#sender.stop();
    try {
      return await deleteResource(this.#resource);
    } finally {
      this.#end("stopped");
    }
  }

  /** A server that died says nothing, and the transport notices only after half a minute. */
  #watchFeedback(limitMs: number): void {
    let seen = 0;
    let silentSince = performance.now();
    this.#watch = setInterval(() => {
      const { feedbacks } = this.video;
      const now = performance.now();
      if (feedbacks !== seen || feedbacks === 0 || this.#sender.isPaused) silentSince = now;
      seen = feedbacks;
      if (now - silentSince >= limitMs) this.#end("failed");
    }, 100);
  }

  #end(reason: EndReason): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#watch) clearInterval(this.#watch);
    this.#sender.stop();
    this.#pc.close();
    this.#ended.resolve(reason);
  }
}

/** Resolves when all tracks take packets. That is later than the transport's `connected`: what is sent between the two is lost. Call it before the answer is set. */
function whenOpen(pc: PeerConnection, tracks: readonly Track[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error("The transport did not connect in time")), CONNECT_LIMIT_MS);
    const settle = (outcome: () => void): void => {
      clearTimeout(limit);
      outcome();
    };
    pc.onStateChange((state) => {
      if (state === "failed" || state === "closed") settle(() => reject(new Error(`The transport is ${state}`)));
    });
    const closed = new Set(tracks);
    for (const track of tracks) {
      track.onOpen(() => {
        closed.delete(track);
        if (closed.size === 0) settle(resolve);
      });
    }
  });
}

async function trickle(resource: WhipTarget, offer: string, posted: WhipAnswer): Promise<void> {
  const answer = await patchCandidates(resource, candidateFragment(offer), posted.etag);
  if (answer.status >= 300) throw new WhipRefusal(answer);
}
