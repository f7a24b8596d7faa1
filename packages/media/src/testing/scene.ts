/** A synthetic share, a bad network and a real receiver, wired together in simulated time. */
import { type Gap, type Millis, millis, type WallMs, wallMs } from "@livekit-replay/contract";
import type { Gop } from "../segment/gop.js";
import type { RunStart, ShareReceiverOptions, ShareTrack } from "../share/options.js";
import { ShareReceiver } from "../share/receiver.js";
import { SimulatedClock } from "./clock.js";
import { pictureIndex } from "./h264.js";
import { LossyLink, type LinkOptions } from "./link.js";
import { audioPayloadType, ShareSource, type ShareSourceOptions, soundIndex, videoPayloadType } from "./share-source.js";

/** What the scene is like; what is left out is a clean network with 5 ms of delay. */
export interface SceneOptions {
  readonly source?: Partial<ShareSourceOptions>;
  /** Both directions, RTP and RTCP. */
  readonly link?: Partial<LinkOptions>;
  readonly receiver?: Partial<ShareReceiverOptions>;
  /** GOPs are only counted, not kept: for hours of simulated time. */
  readonly forgetGops?: boolean;
}

/** Runs a share. */
export class ShareScene {
  readonly clock = new SimulatedClock();
  readonly source: ShareSource;
  readonly receiver: ShareReceiver;
  /** From the publisher to us: RTP of both tracks. */
  readonly uplink: LossyLink;
  readonly gops: Gop[] = [];
  readonly runs: RunStart[] = [];
  readonly gaps: Gap[] = [];
  /** RTCP sent by the receiver. */
  readonly sent: { readonly track: ShareTrack; readonly packet: Uint8Array; readonly at: WallMs }[] = [];
  /** Told of each GOP as it leaves. */
  onGop: (gop: Gop) => void = () => {};
  /** Added to the time that the receiver is told: the server's clock was set. */
  clockStep = 0;

  /** Nothing runs before `start`. */
  constructor(options: SceneOptions = {}) {
    const { clock } = this;
    const link: LinkOptions = { clock, deliver: () => {}, delayMs: millis(5), ...options.link };
    const tracks = new Map<Uint8Array, ShareTrack>();
    this.uplink = new LossyLink({ ...link, deliver: (packet) => this.#deliver(packet) });
    const reportLink = new LossyLink({
      ...link,
      seed: 77,
      deliver: (packet) => this.receiver.rtcp(tracks.get(packet) ?? "video", packet, this.now),
    });
    const downlink = new LossyLink({ ...link, seed: 99, deliver: (packet) => this.source.receive(packet) });
    this.source = new ShareSource({
      clock,
      sendRtp: (_track, packet) => this.uplink.send(packet),
      sendRtcp: (track, packet) => {
        tracks.set(packet, track);
        reportLink.send(packet);
        if (tracks.size > 100) tracks.clear();
      },
      ...options.source,
    });
    this.receiver = new ShareReceiver({
      video: { codecs: new Map([[videoPayloadType, "H264"]]) },
      audio: (options.source?.sound ?? true) ? { codecs: new Map([[audioPayloadType, "opus"]]), channels: 2 } : null,
      onRtcp: (track, packet) => {
        if (!options.forgetGops) this.sent.push({ track, packet, at: clock.now });
        downlink.send(packet);
      },
      onRun: (run) => this.runs.push(run),
      onGap: (gap) => this.gaps.push(gap),
      onGop: (gop) => {
        if (!options.forgetGops) this.gops.push(gop);
        this.onGop(gop);
      },
      ...options.receiver,
    });
  }

  /** The receiver's time. */
  get now(): WallMs {
    return wallMs(this.clock.now + this.clockStep);
  }

  /** Starts the share and the receiver's ticks. */
  start(): this {
    this.source.start();
    this.clock.every(millis(10), () => this.receiver.tick(this.now));
    return this;
  }

  /** Lets time pass. */
  run(span: number): this {
    this.clock.run(millis(span));
    return this;
  }

  /** Stops the share and closes the receiver. */
  end(): this {
    this.source.stop();
    this.clock.run(millis(700));
    this.receiver.close(this.now);
    return this;
  }

  /** Numbers of the frames in the GOPs, in order. */
  get frames(): number[] {
    return this.gops.flatMap((gop) => gop.video.map((sample) => pictureIndex(sample.data) ?? -1));
  }

  #deliver(packet: Uint8Array): void {
    const isVideo = ((packet[1] ?? 0) & 0x7f) === videoPayloadType;
    if (isVideo) this.receiver.video(packet, this.now);
    else this.receiver.audio(packet, this.now);
  }
}

/** Wall time of a sample in a GOP. */
export const sampleWall = (gop: Gop, pts: number): WallMs => wallMs(gop.startWall + (pts - gop.startPts) / 1000);

/** The offsets of picture against sound in GOPs, ms: how much later than its picture a sound is, for each numbered sound that is near a frame. */
export function soundOffsets(gops: readonly Gop[], source: ShareSource): Millis[] {
  const offsets: Millis[] = [];
  for (const gop of gops) {
    const first = gop.video[0];
    const frame = first && source.frames[pictureIndex(first.data) ?? -1];
    if (!first || !frame) continue;
    for (const sample of gop.audio) {
      const sound = source.sounds[soundIndex(sample.data) ?? -1];
      if (sound) offsets.push(millis((sample.pts - first.pts) / 1000 - (sound.capturedAt - frame.capturedAt)));
    }
  }
  return offsets;
}
