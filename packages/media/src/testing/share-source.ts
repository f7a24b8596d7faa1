/** A publisher in memory: a share's picture and sound as RTP and RTCP, in simulated time, the same in every run. Faults are made by its methods. */
import { type Millis, millis, type RtpTicks, rtpTicks, type WallMs, wallMs } from "@livekit-replay/contract";
import type { ShareTrack } from "../clock/alignment.js";
import type { SimulatedClock } from "./clock.js";
import { pictureParameterSet, sequenceParameterSet, syntheticPicture } from "./h264.js";
import { H264Packetizer } from "./h264-packetizer.js";
import { asksForKeyframe, RtpHistory } from "./history.js";
import { OpusPacketizer } from "./opus-packetizer.js";
import type { RtpStreamExtensions } from "./rtp-stream.js";
import { senderReport } from "./sender-report.js";

/** What a synthetic share is like. */
export interface ShareSourceOptions {
  readonly clock: SimulatedClock;
  readonly sendRtp: (track: ShareTrack, packet: Uint8Array) => void;
  readonly sendRtcp: (track: ShareTrack, packet: Uint8Array) => void;
  /** Default 30. */
  readonly fps?: number;
  /** Bytes of a frame and of a keyframe. Default 2000 and 8000. */
  readonly frameBytes?: number;
  readonly keyBytes?: number;
  /** A keyframe by itself every so many ms. Default: only when asked. */
  readonly keyEveryMs?: Millis;
  /** Whether requests for a keyframe are heard. Default true. */
  readonly answersPli?: boolean;
  /** Whether NACKs are answered. Default true. */
  readonly answersNack?: boolean;
  /** Whether there is sound. Default true. */
  readonly sound?: boolean;
  /** First sequence numbers and timestamps. Default 0. */
  readonly firstSequence?: number;
  readonly firstTimestamp?: number;
  /** By how much the publisher's clock is wrong. Default 0. */
  readonly clockErrorMs?: Millis;
  /** How much faster than ours the clocks of picture and sound run, in millionths. Default 0. */
  readonly driftPpm?: number;
  readonly soundDriftPpm?: number;
  /** When the first sender reports are sent; then every second (picture) and every 5 s (sound). Null: never. Default 500. */
  readonly videoReportMs?: Millis | null;
  readonly audioReportMs?: Millis | null;
  /** From capture until the packets leave. Default 30 and 10. */
  readonly encodeMs?: Millis;
  readonly soundEncodeMs?: Millis;
  readonly width?: number;
  readonly height?: number;
  readonly extensions?: RtpStreamExtensions;
}

/** A frame or packet of sound that was sent. */
export interface SentMedia {
  readonly index: number;
  readonly key: boolean;
  /** When it was captured, by our clock. */
  readonly capturedAt: WallMs;
  readonly timestamp: RtpTicks;
}

/** Payload types of picture and sound. */
export const videoPayloadType = 102;
/** See `videoPayloadType`. */
export const audioPayloadType = 111;

const soundMs = 20;

/** The number of a synthetic packet of sound; null for silence or anything else. */
export function soundIndex(packet: Uint8Array): number | null {
  if (packet.length !== 12 || packet[0] !== 0xfc) return null;
  return new DataView(packet.buffer, packet.byteOffset).getUint32(8);
}

/** Publishes from `start` to `stop`. */
export class ShareSource {
  /** Everything sent, in order. */
  readonly frames: SentMedia[] = [];
  readonly sounds: SentMedia[] = [];
  /** Requests for keyframes that came. */
  keyframeRequests = 0;
  /** When they came. */
  readonly requestedAt: WallMs[] = [];
  readonly #options: ShareSourceOptions;
  #video: H264Packetizer;
  #audio: OpusPacketizer;
  #videoHistory = new RtpHistory();
  #audioHistory = new RtpHistory();
  #startAt = 0;
  #isRunning = false;
  #wantsKey = true;
  #lastKeyAt = 0;
  #sets: readonly Uint8Array[];
  #still = false;
  #muted = false;
  /** Added to the media time of each track, ms. */
  #videoJump = 0;
  #soundJump = 0;
  #ssrc = 1000;

  /** Sends nothing before `start`. */
  constructor(options: ShareSourceOptions) {
    this.#options = options;
    this.#sets = [sequenceParameterSet({ width: options.width ?? 1280, height: options.height ?? 720 }), pictureParameterSet()];
    this.#video = this.#videoPacketizer();
    this.#audio = this.#audioPacketizer();
  }

  /** SSRC of a track. */
  ssrc(track: ShareTrack): number {
    return track === "video" ? this.#video.stream.ssrc : this.#audio.stream.ssrc;
  }

  /** Begins to publish. */
  start(): void {
    const { clock, videoReportMs = millis(500), audioReportMs = millis(500), fps = 30, sound = true } = this.#options;
    this.#startAt = clock.now;
    this.#lastKeyAt = clock.now;
    this.#isRunning = true;
    this.#captureFrom(0, 1000 / fps / this.#rate("video"), (at) => this.#captureFrame(at));
    if (sound) this.#captureFrom(0, soundMs / this.#rate("audio"), (at) => this.#captureSound(at));
    if (videoReportMs !== null) this.#reports("video", videoReportMs, 1000);
    if (audioReportMs !== null && sound) this.#reports("audio", audioReportMs, 5000);
  }

  /** Sends nothing more. */
  stop(): void {
    this.#isRunning = false;
  }

  /** A picture that stands still sends nothing, except when a keyframe is asked for. */
  setStill(still: boolean): void {
    this.#still = still;
  }

  /** Sends no sound, as discontinuous transmission or a mute does. */
  setMuted(muted: boolean): void {
    this.#muted = muted;
    if (muted) this.#audio.pause();
  }

  /** Another picture size: new parameter sets with the next frame, which is a keyframe. */
  resize(width: number, height: number, profile = 66): void {
    this.#sets = [sequenceParameterSet({ width, height, profile }), pictureParameterSet()];
    this.#wantsKey = true;
  }

  /** The next frame is a keyframe. */
  wantKey(): void {
    this.#wantsKey = true;
  }

  /** Timestamps of a track jump by so many ms. */
  jump(track: ShareTrack, span: Millis): void {
    if (track === "video") this.#videoJump += span;
    else this.#soundJump += span;
  }

  /** The picture goes on under another SSRC, as after a new negotiation. */
  renewVideo(): void {
    this.#ssrc += 10;
    this.#video = this.#videoPacketizer(40_000);
    this.#videoHistory = new RtpHistory();
    this.#videoJump += 12_345_678;
    this.#wantsKey = true;
  }

  /** The sound goes on under another SSRC. */
  renewSound(): void {
    this.#ssrc += 10;
    this.#audio = this.#audioPacketizer(2000 + this.#ssrc);
    this.#audioHistory = new RtpHistory();
    this.#soundJump += 7_654_321;
  }

  /** Takes RTCP of the receiver. */
  receive(packet: Uint8Array): void {
    const { answersPli = true, answersNack = true, clock, sendRtp } = this.#options;
    if (asksForKeyframe(packet, this.ssrc("video"))) {
      this.keyframeRequests += 1;
      this.requestedAt.push(clock.now);
      if (answersPli) this.#wantsKey = true;
    }
    if (!answersNack) return;
    for (const again of this.#videoHistory.answer(packet, this.ssrc("video"))) sendRtp("video", again);
    for (const again of this.#audioHistory.answer(packet, this.ssrc("audio"))) sendRtp("audio", again);
  }

  /** Packets of padding, as bandwidth probes send them. */
  probe(count: number): void {
    for (let i = 0; i < count; i += 1) {
      const packet = this.#video.stream.padding(this.#timestamp("video", this.#options.clock.now));
      this.#videoHistory.add(packet);
      this.#options.sendRtp("video", packet);
    }
  }

  #videoPacketizer(firstSequence = this.#options.firstSequence ?? 0): H264Packetizer {
    return new H264Packetizer({ ssrc: this.#ssrc, payloadType: videoPayloadType, firstSequence, ...this.#extensions() });
  }

  #audioPacketizer(ssrc = 2000): OpusPacketizer {
    return new OpusPacketizer({
      ssrc,
      payloadType: audioPayloadType,
      firstSequence: this.#options.firstSequence ?? 0,
      ...this.#extensions(),
    });
  }

  #extensions(): { extensions?: RtpStreamExtensions } {
    return this.#options.extensions ? { extensions: this.#options.extensions } : {};
  }

  #rate(track: ShareTrack): number {
    return 1 + (track === "video" ? (this.#options.driftPpm ?? 0) : (this.#options.soundDriftPpm ?? this.#options.driftPpm ?? 0)) / 1e6;
  }

  /** Calls without adding up rounding errors: the n-th is at start + n periods. */
  #captureFrom(index: number, period: number, action: (at: number) => void): void {
    this.#options.clock.at(this.#startAt + index * period, () => {
      if (!this.#isRunning) return;
      action(this.#startAt + index * period);
      this.#captureFrom(index + 1, period, action);
    });
  }

  #timestamp(track: ShareTrack, at: number): RtpTicks {
    const jump = track === "video" ? this.#videoJump : this.#soundJump;
    const media = (at - this.#startAt) * this.#rate(track) + jump;
    const ticks = Math.round(media * (track === "video" ? 90 : 48)) + (this.#options.firstTimestamp ?? 0);
    return rtpTicks(((ticks % 2 ** 32) + 2 ** 32) % 2 ** 32);
  }

  #captureFrame(at: number): void {
    const { clock, frameBytes = 2000, keyBytes = 8000, keyEveryMs = millis(Infinity), encodeMs = 30, sendRtp } = this.#options;
    if (at - this.#lastKeyAt >= keyEveryMs) this.#wantsKey = true;
    if (this.#still && !this.#wantsKey) return;
    const key = this.#wantsKey;
    this.#wantsKey = false;
    if (key) this.#lastKeyAt = at;
    const timestamp = this.#timestamp("video", at);
    const index = this.frames.length;
    this.frames.push({ index, key, capturedAt: wallMs(at), timestamp });
    const picture = syntheticPicture({ index, key, size: key ? keyBytes : frameBytes, sets: this.#sets });
    const packets = this.#video.packetize(picture, timestamp);
    clock.at(at + encodeMs, () => {
      for (const packet of packets) {
        this.#videoHistory.add(packet);
        sendRtp("video", packet);
      }
    });
  }

  #captureSound(at: number): void {
    if (this.#muted) return;
    const { clock, soundEncodeMs = 10, sendRtp } = this.#options;
    const timestamp = this.#timestamp("audio", at);
    const index = this.sounds.length;
    this.sounds.push({ index, key: true, capturedAt: wallMs(at), timestamp });
    // Hybrid-free stereo CELT of 20 ms: its bytes are no silence and carry the number.
    const opus = Uint8Array.of(0xfc, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 0);
    new DataView(opus.buffer).setUint32(8, index);
    for (const packet of this.#audio.packetize(opus, timestamp)) {
      this.#audioHistory.add(packet);
      clock.at(at + soundEncodeMs, () => sendRtp("audio", packet));
    }
  }

  #reports(track: ShareTrack, first: number, period: number): void {
    const { clock, clockErrorMs = 0, sendRtcp } = this.#options;
    const report = (): void => {
      if (!this.#isRunning) return;
      const { stream } = track === "video" ? this.#video : this.#audio;
      const { ssrc, packetCount, octetCount } = stream;
      sendRtcp(
        track,
        senderReport({
          ssrc,
          clock: wallMs(clock.now + clockErrorMs),
          timestamp: this.#timestamp(track, clock.now),
          packetCount,
          octetCount,
        }),
      );
      clock.at(clock.now + period, report);
    };
    clock.at(this.#startAt + first, report);
  }
}
