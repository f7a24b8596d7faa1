/** A share while it is recorded: RTP becomes GOPs (media), GOPs become segments (writing), and both tell the server. Where its packets come from is not known here. */
import { type GapReason, type Millis, type RecorderMessage, type TailEntry, type WallMs, wallMs } from "@livekit-replay/contract";
import { type RunReason, type ShareAudioOptions, ShareReceiver, type ShareTrack, type ShareVideoOptions } from "@livekit-replay/media";
import { wallNow } from "../clock.js";
import { type SegmentFiles, SessionWriting } from "../writing/session.js";
import type { Drops } from "./drops.js";

/** Options of a `ShareRecording`. */
export interface ShareRecordingOptions {
  readonly sessionId: string;
  readonly files: SegmentFiles;
  readonly firstRun: number;
  readonly firstRunReason: RunReason;
  readonly segmentMs: Millis;
  readonly video: ShareVideoOptions;
  /** Null: no sound (yet). */
  readonly audio: ShareAudioOptions | null;
  /** Sends RTCP to the publisher. */
  readonly send: (packet: Uint8Array) => void;
  readonly notify: (message: RecorderMessage) => void;
  readonly onError: (error: unknown) => void;
}

/** One session's recording from one pair of tracks. */
export class ShareRecording {
  readonly sessionId: string;
  readonly #receiver: ShareReceiver;
  readonly #writing: SessionWriting;
  #nextRun: number;
  #closed: Promise<void> | null = null;

  constructor(options: ShareRecordingOptions) {
    const { sessionId, notify } = options;
    this.sessionId = sessionId;
    this.#nextRun = options.firstRun;
    this.#writing = new SessionWriting({
      files: options.files,
      events: {
        onSegment: (segment) => notify({ type: "segment", sessionId, segment }),
        onGap: (gap) => notify({ type: "gap", sessionId, gap }),
        onHealth: (state, reason) => notify({ type: "health", sessionId, state, reason }),
        onError: options.onError,
      },
    });
    this.#receiver = new ShareReceiver({
      video: options.video,
      audio: options.audio,
      firstRun: options.firstRun,
      firstRunReason: options.firstRunReason,
      segmentMs: options.segmentMs,
      onRun: ({ run }) => (this.#nextRun = run + 1),
      onGop: (gop) => this.#writing.add(gop),
      onRtcp: (_track, packet) => options.send(packet),
      onGap: (gap) => notify({ type: "gap", sessionId, gap }),
    });
  }

  /** The number of the run after the last that began; after `close`, what another recording of the session goes on with. */
  get nextRun(): number {
    return this.#nextRun;
  }

  /** What was dropped so far, by what. */
  get drops(): Drops {
    const share = this.#receiver.stats();
    return {
      segments: this.#writing.counts.dropped,
      lostPackets: share.video.lost + (share.audio?.lost ?? 0),
      rejectedPackets: share.video.rejected + (share.audio?.rejected ?? 0),
      frames: share.framesDropped,
      gops: share.gopsDropped,
      soundPackets: share.audioDropped,
    };
  }

  rtp(track: ShareTrack, packet: Uint8Array, now: WallMs): void {
    if (track === "video") this.#receiver.video(packet, now);
    else this.#receiver.audio(packet, now);
  }

  rtcp(track: ShareTrack, packet: Uint8Array, now: WallMs): void {
    this.#receiver.rtcp(track, packet, now);
  }

  /** The share has another sound track from now on, or its first: a new run begins with it. */
  addAudio(options: ShareAudioOptions): void {
    this.#receiver.addAudio(options);
  }

  /** Nothing comes for now; what comes later is a new run for this reason. */
  interrupt(reason: GapReason, now: WallMs): void {
    this.#receiver.interrupt(reason, now);
  }

  tick(now: WallMs): void {
    this.#receiver.tick(now);
  }

  /** Writes what is open, up to an instant that has passed; null when nothing is. */
  async tail(captureId: string, cutAt: WallMs): Promise<TailEntry | null> {
    const tail = this.#closed ? null : this.#receiver.tail(cutAt);
    if (tail) return this.#writing.addTail(captureId, tail);
    await this.#writing.settled();
    return null;
  }

  /** Closes the open GOP; resolves when everything is written and announced. Idempotent. */
  close(now: WallMs = wallNow()): Promise<void> {
    this.#closed ??= this.#finish(wallMs(now));
    return this.#closed;
  }

  async #finish(now: WallMs): Promise<void> {
    this.#receiver.close(now);
    await this.#writing.close();
  }
}
