/**
 * The recorder port: what the server asks of whoever turns a share into segments, and what it hears of it.
 * `whip/` is one; the media itself never passes through here: segments lie in the session's folder.
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

/** Every method throws `ReplayError("recorder_unavailable")` when no recorder answers in time. */
export interface RecorderPort {
  readonly kind: RecorderKind;
  /** Makes a publication from a WHIP offer; answers the SDP answer. Throws `invalid_sdp` or `unsupported_codec`, and leaves nothing behind then. */
  offer(options: OfferOptions): Promise<{ sdp: string; recorderId: string }>;
  /** Trickled ICE candidates (RFC 8840 fragment). Throws `publication_not_found`. */
  candidates(publicationId: string, fragment: string): Promise<void>;
  /** Ends a publication. Idempotent. Its session's open GOP is closed and announced first. */
  unpublish(publicationId: string): Promise<void>;
  /** Begins to write a publication's media into a session's folder. */
  start(options: StartOptions): Promise<void>;
  /** Closes the open GOP, announces its segment, stops writing. Idempotent. */
  stop(sessionId: string): Promise<void>;
  /**
   * Writes what is not closed yet up to `cutAtMs` as `tail-{captureId}.m4s`, synced. Answers when that instant has passed; all segments closed before were announced before.
   * Null when there is nothing open (no keyframe yet, or nobody records the session).
   */
  tail(sessionId: string, captureId: string, cutAtMs: number): Promise<TailEntry | null>;
  on(listener: (event: RecorderEvent) => void): () => void;
  close(): Promise<void>;
}
