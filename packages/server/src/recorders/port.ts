/**
 * The recorder ports: what the server asks of whoever turns a share into segments, and what it hears of it.
 * `whip/`, `passthrough/` and `egress/` are behind them; the media itself never passes through here: segments lie in the session's folder.
 */
import type { Gap, GapReason, RecorderKind, RecorderStats, SegmentEntry, TailEntry } from "@livekit-replay/contract";

/** Which session: its folder is made of these three. */
export interface SessionFolder {
  readonly roomName: string;
  readonly userId: string;
  readonly sessionId: string;
}

/** A publication to be made: its id is new, `sdp` is what the publisher sent, unread. */
export interface OfferOptions {
  readonly publicationId: string;
  readonly roomName: string;
  readonly userId: string;
  readonly sdp: string;
}

/** A session to be recorded, and the publication that feeds it. */
export interface StartOptions extends SessionFolder {
  readonly publicationId: string;
  /** The number of its first run: one more than the highest in the folder. */
  readonly firstRun: number;
  readonly firstRunReason: "start" | GapReason;
}

/** What happens, in order. `recorder: down` comes before anything that follows from it. */
export type RecorderEvent =
  | { readonly type: "segment"; readonly sessionId: string; readonly segment: SegmentEntry }
  | { readonly type: "gap"; readonly sessionId: string; readonly gap: Gap }
  | {
      readonly type: "publication";
      readonly publicationId: string;
      readonly sessionId: string | null;
      readonly state: "connected" | "silent" | "flowing" | "ended";
      readonly reason: string | null;
    }
  /** What a recorded LiveKit share does; see the message of the same name in the contract. */
  | {
      readonly type: "share";
      readonly sessionId: string;
      readonly state: "flowing" | "muted" | "silent" | "lost" | "ended";
      readonly reason: string | null;
    }
  | { readonly type: "health"; readonly sessionId: string; readonly state: "ok" | "degraded"; readonly reason: string | null }
  | { readonly type: "up"; readonly recorderId: string }
  /** The process is gone: its publications are gone, the listed sessions have no source. */
  | {
      readonly type: "down";
      readonly recorderId: string;
      readonly publicationIds: readonly string[];
      readonly sessionIds: readonly string[];
    }
  | { readonly type: "heartbeat"; readonly recorderId: string; readonly stats: RecorderStats };

/** A screen share of a LiveKit room to be recorded into a session. */
export interface RecordOptions extends SessionFolder {
  /** LiveKit identity whose share it is. */
  readonly identity: string;
  /** Certain tracks of theirs; null: their newest screen share and its sound. */
  readonly videoTrackId: string | null;
  readonly audioTrackId: string | null;
  /** See `StartOptions`. */
  readonly firstRun: number;
  readonly firstRunReason: "start" | GapReason;
}

/** What every recorder does. Methods throw `ReplayError("recorder_unavailable")` when no recorder answers in time. */
export interface RecorderPort {
  /** Closes what is open, announces its segment, stops writing. Idempotent. */
  stop(sessionId: string): Promise<void>;
  /**
   * Writes what is not closed yet up to `cutAtMs` as `tail-{captureId}.m4s`, synced. Answers when that instant has passed; all segments closed before were announced before.
   * Null when there is nothing open (no keyframe yet, nobody records the session, or the recorder has no tails: egress).
   */
  tail(sessionId: string, captureId: string, cutAtMs: number): Promise<TailEntry | null>;
  /** Whether segments of a session are still to come though it was stopped: egress writes its last ones up to 20 s later. Left out: never. */
  drains?(sessionId: string): boolean;
  on(listener: (event: RecorderEvent) => void): () => void;
  close(): Promise<void>;
}

/** A recorder of LiveKit rooms. It finds the share's way back by itself when its connection is lost; it lets go of a session whose share has ended. */
export interface LivekitRecorderPort extends RecorderPort {
  readonly kind: Exclude<RecorderKind, "whip">;
  /** Begins to record. Throws `not_sharing`, `encrypted_room`, `unsupported_codec`; nothing is left behind then. */
  record(options: RecordOptions): Promise<{ recorderId: string }>;
}

/** The recorder of WHIP publications. */
export interface WhipRecorderPort extends RecorderPort {
  /** Makes a publication from a WHIP offer; answers the SDP answer. Throws `invalid_sdp` or `unsupported_codec`, and leaves nothing behind then. */
  offer(options: OfferOptions): Promise<{ sdp: string; recorderId: string }>;
  /** Trickled ICE candidates (RFC 8840 fragment). Throws `publication_not_found`. */
  candidates(publicationId: string, fragment: string): Promise<void>;
  /** Ends a publication. Idempotent. Its session's open GOP is closed and announced first. */
  unpublish(publicationId: string): Promise<void>;
  /** Begins to write a publication's media into a session's folder. */
  start(options: StartOptions): Promise<void>;
}
