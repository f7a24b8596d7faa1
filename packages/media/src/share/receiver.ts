/**
 * From a share's datagrams to GOPs.
 * Pure and synchronous: time comes in as an argument, results leave by the callbacks of `ShareReceiverOptions`.
 */
import type { GapReason, WallMs } from "@livekit-replay/contract";
import type { ShareAudioOptions, ShareReceiverOptions, ShareStats, ShareTail, ShareTrack } from "./options.js";

/**
 * Receives one share: RTP and RTCP of its video track and, if there is one, its audio track.
 * `now` is the server's wall time of each call's event; it should not step back (a step starts a new run, reason `clock`).
 * Hostile input is counted, never thrown. Only misuse of the options throws (`TypeError`).
 */
export declare class ShareReceiver {
  constructor(options: ShareReceiverOptions);
  /** Takes an RTP packet of the video track. The bytes are kept until the frame is complete: do not reuse the buffer. */
  video(packet: Uint8Array, now: WallMs): void;
  /** Takes an RTP packet of the audio track. The bytes are kept for a while: do not reuse the buffer. */
  audio(packet: Uint8Array, now: WallMs): void;
  /** Takes an RTCP packet, compound or reduced-size, that came on the transport of a track. */
  rtcp(track: ShareTrack, packet: Uint8Array, now: WallMs): void;
  /** Adds (or replaces) the audio track: a new run begins at the next keyframe after its first packet. */
  addAudio(options: ShareAudioOptions): void;
  /** Ends the current run: the next keyframe begins a new one for that reason (muted, paused, published again). */
  interrupt(reason: GapReason, now: WallMs): void;
  /** Lets time pass: NACKs, keyframe requests, receiver reports, silence. Call it every 10 to 20 ms. */
  tick(now: WallMs): void;
  /**
   * What is not emitted yet, up to a wall time (frames with a wall time at or before it), last frame and sound extended exactly to it.
   * The recording goes on untouched, but media held back for the first sender reports is let go, and an older run that still waits for its sound is emitted first (by `onGop`).
   * Null when there is nothing: no keyframe yet, or everything up to that time was emitted.
   */
  tail(untilWall: WallMs): ShareTail | null;
  /** Emits what is held, as the end of the share: the last frame lasts its usual duration, or up to `endWall`. Idempotent; later calls of other methods do nothing. */
  close(now: WallMs, endWall?: WallMs): void;
  /** Counters up to now. */
  stats(): ShareStats;
}
