/**
 * From a share's datagrams to GOPs.
 * Pure and synchronous: time comes in as an argument, results leave by the callbacks of `ShareReceiverOptions`.
 */
import { type GapReason, type Millis, millis, type WallMs } from "@livekit-replay/contract";
import { ShareClock } from "../clock/share.js";
import { SteadyTime } from "../clock/steady.js";
import { opusTicksToMicros } from "../codec/opus.js";
import { pictureLoss } from "../rtp/feedback.js";
import { depacketizeOpus } from "../rtp/opus.js";
import type { RtpPacket } from "../rtp/packet.js";
import type { AccessUnit } from "../rtp/picture.js";
import { RtpReceiver } from "../rtp/receiver.js";
import { parseRtcp } from "../rtp/rtcp.js";
import { KeyframeRequests, type KeyframeNeed } from "./keyframes.js";
import type { ShareAudioOptions, ShareReceiverOptions, ShareStats, ShareTail, ShareTrack } from "./options.js";
import { PictureStream } from "./pictures.js";
import { Recording } from "./recording.js";
import { SenderReports } from "./reports.js";
import { SoundRouter } from "./sound.js";
import { latest, trackStats } from "./stats.js";
import { checkOptions, trackReceiver } from "./track.js";

/** A request for a keyframe waits that long for holes to be filled: once it is sent, an SFU fills none. */
const holesMs = 600;
/** A keyframe that is coming in is waited for so long. */
const arrivingMs = 1000;

/**
 * Receives one share: RTP and RTCP of its video track and, if there is one, its audio track.
 * `now` is the server's wall time of each call's event; it should not step back (a step starts a new run, reason `clock`).
 * Hostile input is counted, never thrown. Only misuse of the options throws (`TypeError`).
 */
export class ShareReceiver {
  readonly #options: ShareReceiverOptions;
  readonly #segmentMs: Millis;
  readonly #steady = new SteadyTime();
  readonly #clock = new ShareClock();
  readonly #reports = new SenderReports(this.#clock);
  readonly #sound: SoundRouter;
  readonly #recording: Recording;
  readonly #video: RtpReceiver;
  readonly #pictures: PictureStream;
  readonly #keyframes: KeyframeRequests;
  /** The packet that began the newest keyframe; it may wait behind holes. */
  #keyBegun: RtpPacket | null = null;
  #audio: RtpReceiver | null = null;
  #malformedSound = 0;
  #now: WallMs | null = null;
  #isClosed = false;

  /** Nothing has come yet. Throws `TypeError` for payload types of codecs that cannot be kept. */
  constructor(options: ShareReceiverOptions) {
    checkOptions("video", options.video);
    this.#options = options;
    this.#segmentMs = options.segmentMs ?? millis(2000);
    this.#sound = new SoundRouter(this.#clock);
    this.#recording = new Recording({
      clock: this.#clock,
      firstRun: options.firstRun ?? 0,
      firstReason: options.firstRunReason ?? "start",
      sound: this.#sound,
      wallOf: (time) => this.#steady.wall(this.#clock.wallOf(time)),
      onRun: (run) => options.onRun?.(run),
      onGop: options.onGop,
      onGap: (gap) => options.onGap?.(gap),
    });
    this.#pictures = new PictureStream(options.video, {
      onAccessUnit: (unit) => this.#picture(unit),
      onCodec: () => this.#recording.renew("format"),
    });
    this.#video = trackReceiver("video", options.video, options, {
      arrived: (packet) => {
        if (this.#pictures.beginsKey(packet)) this.#keyBegun = packet;
      },
      deliver: (packet) => this.#pictures.push(packet),
      lost: (count) => this.#pictures.lost(count),
      changed: () => this.#videoChanged(),
    });
    this.#keyframes = new KeyframeRequests(() => {
      if (this.#video.ssrc !== null) options.onRtcp("video", pictureLoss(options.ssrc ?? 1, this.#video.ssrc));
    });
    if (options.audio) this.addAudio(options.audio);
  }

  /** Takes an RTP packet of the video track. The bytes are kept until the frame is complete: do not reuse the buffer. */
  video(packet: Uint8Array, now: WallMs): void {
    const time = this.#enter(now);
    if (time === null) return;
    this.#recording.paused(time - (this.#video.lastRtpAt ?? time));
    this.#video.receive(packet, time);
  }

  /** Takes an RTP packet of the audio track. The bytes are kept for a while: do not reuse the buffer. */
  audio(packet: Uint8Array, now: WallMs): void {
    const time = this.#enter(now);
    if (time !== null) this.#audio?.receive(packet, time);
  }

  /** Takes an RTCP packet, compound or reduced-size, that came on the transport of a track. */
  rtcp(track: ShareTrack, packet: Uint8Array, now: WallMs): void {
    const time = this.#enter(now);
    if (time === null) return;
    for (const report of parseRtcp(packet)) {
      const ssrcs = report.type === "goodbye" ? report.ssrcs : [report.ssrc];
      const owners = ssrcs.map((ssrc) => this.#trackOf(ssrc));
      for (const owner of owners) this.#receiver(owner ?? track)?.reported(report, time);
      if (report.type === "sender-report") this.#reports.take(owners[0] ?? null, report);
    }
    if (this.#clock.takeJump()) this.#recording.renew("clock");
    this.#recording.advance(time);
  }

  /** Adds (or replaces) the audio track: a new run begins at the next keyframe after its first packet. */
  addAudio(options: ShareAudioOptions): void {
    checkOptions("audio", options);
    if (options.channels !== 1 && options.channels !== 2) throw new TypeError("audio.channels must be 1 or 2");
    if (this.#audio !== null) {
      this.#clock.restart("audio");
      this.#recording.renew("format");
    }
    this.#sound.expect(options.channels);
    this.#audio = trackReceiver("audio", options, this.#options, {
      deliver: (packet) => this.#soundPacket(packet),
      lost: () => {},
      changed: () => {
        this.#clock.restart("audio");
        this.#recording.renew("reconnect");
      },
    });
  }

  /** Ends the current run: the next keyframe begins a new one for that reason (muted, paused, published again). */
  interrupt(reason: GapReason, now: WallMs): void {
    const time = this.#enter(now);
    if (time !== null) this.#recording.interrupt(reason, time, time);
  }

  /** Lets time pass: NACKs, keyframe requests, receiver reports, silence. Call it every 10 to 20 ms; 10 s without any call are taken for a step of the clock. */
  tick(now: WallMs): void {
    const time = this.#enter(now);
    if (time === null) return;
    this.#video.tick(time);
    this.#audio?.tick(time);
    if (this.#video.ssrc !== null) this.#keyframes.tick(this.#need(time), time);
    this.#recording.advance(time);
  }

  /**
   * What is not emitted yet, up to a wall time (frames with a wall time at or before it), last frame and sound extended exactly to it.
   * The recording goes on untouched, but media held back for the first sender reports is let go, and an older run that still waits for its sound is emitted first (by `onGop`).
   * Null when there is nothing: no keyframe yet, or everything up to that time was emitted.
   */
  tail(untilWall: WallMs): ShareTail | null {
    if (this.#isClosed || this.#now === null) return null;
    const snapshot = this.#recording.snapshot(this.#clock.timeOf(this.#steady.steady(untilWall)), this.#now);
    if (snapshot === null) return null;
    return { gop: snapshot.gop, numbers: snapshot.numbers, lastFrameWall: this.#steady.wall(this.#clock.wallOf(snapshot.last.time)) };
  }

  /** Emits what is held, as the end of the share: the last frame lasts its usual duration, or up to `endWall`. Idempotent; later calls of other methods do nothing. */
  close(now: WallMs, endWall?: WallMs): void {
    const time = this.#enter(now);
    if (time === null) return;
    this.#video.flush();
    this.#audio?.flush();
    const end = endWall === undefined ? null : this.#clock.timeOf(this.#steady.steady(endWall));
    this.#recording.finish("reconnect", this.#aliveAt(time), end, time);
    this.#isClosed = true;
  }

  /** Counters up to now. */
  stats(): ShareStats {
    const { held, counters, parameters } = this.#recording;
    return {
      video: trackStats(this.#video, 0, (time) => this.#told(time)),
      audio: this.#audio === null ? null : trackStats(this.#audio, this.#malformedSound, (time) => this.#told(time)),
      ...counters,
      framesDropped: counters.framesDropped + this.#pictures.dropped,
      blankKeyframes: this.#pictures.blanks,
      keyframeRequests: this.#keyframes.count,
      silenceMs: millis(this.#sound.silence / 1000),
      audioDropped: this.#sound.dropped,
      run: this.#recording.run,
      width: parameters?.width ?? null,
      height: parameters?.height ?? null,
      heldBytes: held.bytes,
      heldFrames: held.frames,
      heldAudioPackets: held.soundPackets,
      aligned: this.#clock.isAligned,
      lastPacketAt: this.#told(latest(this.#video.lastPacketAt, this.#audio?.lastPacketAt ?? null)),
    };
  }

  /** Wall time of a steady one. */
  #told(time: WallMs | null): WallMs | null {
    return time === null ? null : this.#steady.wall(time);
  }

  /** Steady time of a call; null when the receiver is closed. A step of the wall clock ends the run: what follows is dated anew. */
  #enter(now: WallMs): WallMs | null {
    if (this.#isClosed) return null;
    const step = this.#steady.stepAt(now);
    if (step !== 0 && this.#now !== null) {
      this.#recording.finish("clock", this.#now, null, this.#now);
      this.#steady.move(step);
    }
    this.#now = this.#steady.at(now);
    return this.#now;
  }

  #picture(unit: AccessUnit): void {
    const time = this.#clock.next("video", unit.timestamp, unit.arrival, unit.isTimely);
    this.#reports.begun("video", this.#video.ssrc);
    if (this.#clock.takeJump()) this.#recording.renew("clock");
    if (unit.key) this.#keyframes.answered(unit.arrival);
    if (unit.timestamp === this.#keyBegun?.timestamp) this.#keyBegun = null;
    const { key, data, arrival, parameters, loss } = unit;
    this.#recording.frame({ time, key, data, arrival, parameters, loss }, this.#now ?? arrival);
  }

  #soundPacket(packet: RtpPacket): void {
    const opus = depacketizeOpus(packet);
    if (opus === null) {
      this.#malformedSound += 1;
      return;
    }
    const time = this.#clock.next("audio", opus.timestamp, opus.arrival, opus.isTimely);
    this.#reports.begun("audio", this.#audio?.ssrc ?? null);
    if (this.#clock.takeJump()) this.#recording.renew("clock");
    this.#recording.sound({ time, duration: opusTicksToMicros(opus.duration), data: opus.data }, this.#now ?? opus.arrival);
  }

  #videoChanged(): void {
    const now = this.#now;
    if (now === null) return;
    this.#recording.interrupt("reconnect", this.#video.lastRtpAt ?? now, now);
    this.#clock.restart("video");
    this.#pictures.reset();
  }

  #receiver(track: ShareTrack): RtpReceiver | null {
    return track === "video" ? this.#video : this.#audio;
  }

  /** Tracks may share a transport: they are told apart by SSRC. */
  #trackOf(ssrc: number): ShareTrack | null {
    if (ssrc === this.#video.ssrc) return "video";
    return ssrc === this.#audio?.ssrc ? "audio" : null;
  }

  /** When the share was last known to be there. */
  #aliveAt(now: WallMs): WallMs {
    return latest(this.#video.lastPacketAt, this.#audio?.lastPacketAt ?? null) ?? now;
  }

  #need(now: WallMs): KeyframeNeed {
    const since = this.#keyBegun?.arrival ?? this.#pictures.collectingKeySince;
    if (this.#video.isStarting || (since !== null && now - since < arrivingMs)) return "none";
    if (this.#pictures.needsKey || this.#recording.needsKey) return "needed";
    const age = now - (this.#recording.openSince ?? now);
    const patience = this.#keyframes.patience(this.#segmentMs);
    const isDue = age >= patience && (this.#video.missing === 0 || age >= patience + holesMs);
    return isDue ? "due" : "none";
  }
}
