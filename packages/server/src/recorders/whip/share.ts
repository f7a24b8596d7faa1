/** A share while it is recorded: RTP becomes GOPs (media), GOPs become segments (writing), and both tell the server. */
import { type Millis, type RecorderMessage, type TailEntry, type WallMs, wallMs } from "@livekit-replay/contract";
import { type RunReason, type ShareAudioOptions, ShareReceiver, type ShareTrack, type ShareVideoOptions } from "@livekit-replay/media";
import { wallNow } from "../clock.js";
import { type SegmentFiles, SessionWriting } from "../writing/session.js";
import type { AcceptedMedia, WhipOffer } from "./sdp/offer.js";

/** Options of a `ShareRecording`. */
export interface ShareRecordingOptions {
  readonly sessionId: string;
  readonly files: SegmentFiles;
  readonly firstRun: number;
  readonly firstRunReason: RunReason;
  readonly segmentMs: Millis;
  readonly offer: WhipOffer;
  /** Sends RTCP to the publisher. */
  readonly send: (packet: Uint8Array) => void;
  readonly notify: (message: RecorderMessage) => void;
  readonly onError: (error: unknown) => void;
}

const MAX_PARAMETER_SET_BYTES = 4_096;

/** Parameter sets of the SDP (RFC 6184, 8.1), for publishers that leave them out of the stream. */
function parameterSets({ codec }: AcceptedMedia): Uint8Array[] {
  const value = codec.parameters.get("sprop-parameter-sets") ?? "";
  const sets = value.length > MAX_PARAMETER_SET_BYTES ? [] : value.split(",").slice(0, 8);
  return sets.filter((set) => /^[A-Za-z0-9+/]+=*$/.test(set)).map((set) => new Uint8Array(Buffer.from(set, "base64")));
}

const videoOptions = (video: AcceptedMedia): ShareVideoOptions => ({
  codecs: new Map([[video.codec.payloadType, video.codec.name]]),
  nack: video.feedback.includes("nack"),
  parameterSets: parameterSets(video),
});

/** Two channels always: the answer asks for stereo, and a mono packet decodes to two channels as well (RFC 7587, 6.1). */
const audioOptions = (audio: AcceptedMedia): ShareAudioOptions => ({
  codecs: new Map([[audio.codec.payloadType, audio.codec.name]]),
  channels: 2,
});

/** One session's recording from one publication. */
export class ShareRecording {
  readonly sessionId: string;
  readonly #receiver: ShareReceiver;
  readonly #writing: SessionWriting;
  #closed: Promise<void> | null = null;

  constructor(options: ShareRecordingOptions) {
    const { sessionId, notify, offer } = options;
    this.sessionId = sessionId;
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
      video: videoOptions(offer.video),
      audio: offer.audio ? audioOptions(offer.audio) : null,
      firstRun: options.firstRun,
      firstRunReason: options.firstRunReason,
      segmentMs: options.segmentMs,
      onGop: (gop) => this.#writing.add(gop),
      onRtcp: (_track, packet) => options.send(packet),
      onGap: (gap) => notify({ type: "gap", sessionId, gap }),
    });
  }

  /** What was dropped so far, by what. */
  get drops(): Record<string, number> {
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
