/** Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3): what arrived when, for the publisher's bandwidth estimator. */
import type { WallMs } from "@livekit-replay/contract";

/** Options of a `TwccRecorder`. */
export interface TwccRecorderOptions {
  /** Identifier of the header extension, from the SDP's `extmap`. */
  readonly extensionId: number;
  /** SSRC of the feedback packets. Default 1. */
  readonly ssrc?: number;
}

/** Records the arrival of every RTP packet of one transport (all its tracks) and builds the feedback. */
export declare class TwccRecorder {
  constructor(options: TwccRecorderOptions);
  /** Notes an RTP packet's arrival; packets without the extension are ignored. */
  packet(bytes: Uint8Array, now: WallMs): void;
  /** The next feedback packet (RTCP), or null when nothing is new. Call it every 50 ms, each time until it returns null. */
  feedback(now: WallMs): Uint8Array | null;
}
