/**
 * What a share's receiver is told and what it tells: options, the tail, counters.
 * The recorder fills the options from the SDP; `share/receiver.ts` does the work.
 */
import type { Gap, Millis, WallMs } from "@livekit-replay/contract";
import type { ShareTrack } from "../clock/alignment.js";
import type { Gop, RunFormat, RunReason } from "../segment/gop.js";

export type { ShareTrack };

/** How the picture arrives, from the negotiated SDP. */
export interface ShareVideoOptions {
  /** Payload types that carry the picture, each with the codec's SDP name, e.g. `102 → "H264"`. Others are counted and dropped. */
  readonly codecs: ReadonlyMap<number, string>;
  /** Retransmission payload types (RFC 4588), each with the payload type it restores. */
  readonly rtx?: ReadonlyMap<number, number>;
  /** Whether the sender answers NACKs. Default true. */
  readonly nack?: boolean;
  /** H.264 parameter sets of the SDP (`sprop-parameter-sets`), as NAL units without start codes, for senders that leave them out of the stream. */
  readonly parameterSets?: readonly Uint8Array[];
}

/** How the sound arrives, from the negotiated SDP. */
export interface ShareAudioOptions {
  /** Payload types that carry the sound, each with the codec's SDP name, e.g. `111 → "opus"`. */
  readonly codecs: ReadonlyMap<number, string>;
  /** Retransmission payload types (RFC 4588), each with the payload type it restores. */
  readonly rtx?: ReadonlyMap<number, number>;
  /** Whether the sender answers NACKs. Default false. */
  readonly nack?: boolean;
  /** `2` where the SDP says `stereo=1` or `sprop-stereo=1` (RFC 7587, 6.1), else `1`. */
  readonly channels: 1 | 2;
}

/** A run that begins: told before its first GOP. */
export interface RunStart {
  readonly run: number;
  readonly reason: RunReason;
  readonly format: RunFormat;
  readonly startWall: WallMs;
}

/** What a `ShareReceiver` needs. Callbacks are called synchronously from the method that caused them and must not throw or call back in. */
export interface ShareReceiverOptions {
  readonly video: ShareVideoOptions;
  /** Null or left out: a share without sound. A sound track that comes later: `addAudio`. */
  readonly audio?: ShareAudioOptions | null;
  /** The number of the first run. Default 0; a session that goes on after a crash gives the next free one. */
  readonly firstRun?: number;
  /** Why the first run begins. Default `start`. */
  readonly firstRunReason?: RunReason;
  /** Age of the open GOP at which a keyframe is asked for. Default 2000. */
  readonly segmentMs?: Millis;
  /** SSRC of the RTCP packets sent. Default 1. */
  readonly ssrc?: number;
  /** A closed GOP, in order. Its bytes are never changed afterwards. */
  readonly onGop: (gop: Gop) => void;
  /** An RTCP packet to send to the publisher on the track's transport. */
  readonly onRtcp: (track: ShareTrack, packet: Uint8Array) => void;
  /** A run begins; called just before its first `onGop`. */
  readonly onRun?: (run: RunStart) => void;
  /** A stretch without picture, once its end is known: inside a run, or between two. */
  readonly onGap?: (gap: Gap) => void;
}

/** The open GOP and what waits for its sound, cut at an instant. */
export interface ShareTail {
  /** Numbered as the first GOP it covers; may hold several keyframes. Its `endPts` is the wall time that was asked for. */
  readonly gop: Gop;
  /** The numbers, in the same run, of the GOPs it covers, all or in part: they will be emitted later with the same times. Ascending. */
  readonly numbers: readonly number[];
  /** Wall time of its last frame. */
  readonly lastFrameWall: WallMs;
}

/** Counters of one track, since the receiver was made. */
export interface TrackStats {
  /** RTP packets that were accepted, and their bytes (headers included). */
  readonly packets: number;
  readonly bytes: number;
  /** Packets that had come before. */
  readonly duplicates: number;
  /** Packets that came after they had been given up. */
  readonly late: number;
  /** Packets that came out of order or by retransmission, in time. */
  readonly recovered: number;
  /** Packets asked for again, each time counted. */
  readonly nacked: number;
  /** Packets given up. */
  readonly lost: number;
  /** Datagrams that were no RTP of this track: malformed, unknown payload type. */
  readonly rejected: number;
  /** Changes of the SSRC. */
  readonly ssrcChanges: number;
  /** Packets and bytes that wait in the reorder buffer now. */
  readonly waitingPackets: number;
  readonly waitingBytes: number;
  /** Interarrival jitter (RFC 3550, 6.4.1). */
  readonly jitterMs: Millis;
  /** When the last RTP or RTCP packet of the track came; null before the first. */
  readonly lastPacketAt: WallMs | null;
  /** When the publisher said that the track has ended (BYE); null: it did not, or went on. */
  readonly goodbyeAt: WallMs | null;
}

/** Counters of a share, since the receiver was made. */
export interface ShareStats {
  readonly video: TrackStats;
  /** Null for a share without a sound track. */
  readonly audio: TrackStats | null;
  /** Frames taken into runs, and the keyframes among them. */
  readonly frames: number;
  readonly keyframes: number;
  /** Complete frames that could not be used: no keyframe before them, or after a loss. */
  readonly framesDropped: number;
  /** Blank keyframes of a closing track. */
  readonly blankKeyframes: number;
  readonly gops: number;
  /** GOPs over the size bound. */
  readonly gopsDropped: number;
  /** Keyframes asked for (PLI). */
  readonly keyframeRequests: number;
  /** Silence put in for sound that was not there. */
  readonly silenceMs: Millis;
  /** Sound that came after silence had taken its place, or that alignment left out. */
  readonly audioDropped: number;
  /** The current run's number; null before the first keyframe. */
  readonly run: number | null;
  /** Current picture size; null before the first keyframe. */
  readonly width: number | null;
  readonly height: number | null;
  /** Bytes, frames and sound packets held in memory for GOPs that are not emitted yet. */
  readonly heldBytes: number;
  readonly heldFrames: number;
  readonly heldAudioPackets: number;
  /** Whether sender reports of both tracks align sound and picture; false: they are aligned by arrival. */
  readonly aligned: boolean;
  /** When the last packet of either track came; null before the first. */
  readonly lastPacketAt: WallMs | null;
}
