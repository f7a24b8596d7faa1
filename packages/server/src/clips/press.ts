/** A press, from the request to the answer: rights first, then the clip, then its post, then the wait that was asked for. */
import { type CaptureRequest, type Clip, ReplayError, type WallMs } from "@livekit-replay/contract";
import type { ChannelAccess, Rights } from "../auth/rights.js";
import { nameOf } from "../directory/name.js";
import type { Caller, Directory } from "../directory/port.js";
import type { ClipRow } from "../catalog/port.js";
import type { ClipCapture } from "./capture.js";
import type { ClipFinaliser } from "./finalise.js";
import type { Stopwatch } from "../platform/stopwatch.js";
import type { Sharing } from "./sharing.js";

/** What came in. */
export interface PressOptions {
  readonly caller: Caller;
  readonly body: CaptureRequest;
  readonly arrivedAt: WallMs;
  /** `Idempotency-Key` header. */
  readonly idempotencyKey: string | undefined;
  /** Seconds of `Prefer: wait` (RFC 7240, 4.3). */
  readonly waitSeconds: number | null;
  readonly watch: Stopwatch;
}

/** What came of it. */
export interface PressOutcome {
  readonly clip: ClipRow;
  /** As in the contract's `Clip`. */
  readonly shareRefused: Clip["shareRefused"];
}

/** What a press works with. */
export interface PressParts {
  readonly rights: Rights;
  readonly directory: Directory;
  readonly capture: ClipCapture;
  readonly finaliser: ClipFinaliser;
  readonly sharing: Sharing;
}

/** Longest wait for the MP4. */
const mostSeconds = 60;

/** The wait that a `Prefer` header asks for, in seconds; null when it asks for none. */
export function waitOf(prefer: string | undefined): number | null {
  const seconds = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,5})"?/i.exec(prefer ?? "")?.[1];
  return seconds === undefined ? null : Math.min(mostSeconds, Number(seconds));
}

/** Handles presses. */
export class Presses {
  readonly #parts: PressParts;

  constructor(parts: PressParts) {
    this.#parts = parts;
  }

  /**
   * A clip that was kept stays kept, whatever becomes of its post.
   * @throws ReplayError of the rights (`session_not_found`, `permission_denied`, `channel_not_found`, `no_segments`) and of the capture.
   */
  async press({ caller, body, arrivedAt, idempotencyKey, waitSeconds, watch }: PressOptions): Promise<PressOutcome> {
    const { rights, directory, capture, finaliser } = this.#parts;
    const session = await rights.session(caller, body.sessionId, "capture");
    const target = body.shareOption === "channel" ? (body.targetChannelId ?? "") : null;
    const channel = target === null ? null : await rights.channel(caller, target, "post");
    const sharerName = await nameOf(directory, session.userId, session.userId);
    watch.lap("rights");
    const clip = await capture.capture({
      caller,
      session,
      sharerName,
      body,
      arrivedAtMs: arrivedAt,
      idempotencyKey,
      stillMay: () => this.#stillMay(caller, session.communityId),
      watch,
    });
    const shareRefused = channel ? await this.#share({ caller, body }, clip, channel) : undefined;
    if (channel) watch.lap("share");
    const ready = waitSeconds === null ? null : await finaliser.waitReady(clip.id, waitSeconds * 1000);
    return { clip: ready ?? clip, shareRefused };
  }

  /**
   * A press may wait for others of the same buffer, and for what a recorder has not written yet: whoever lost role or place meanwhile (a removed user above all)
   * keeps nothing. No more than that is asked again: who pressed and left the room has pressed. No answer is no loss of a right.
   */
  async #stillMay(caller: Caller, communityId: string): Promise<void> {
    const permissions = await this.#parts.rights.permissions(caller, communityId).catch((error: unknown) => {
      if (error instanceof ReplayError) return "unknown" as const;
      throw error;
    });
    if (permissions === null) throw new ReplayError("session_not_found");
    if (permissions !== "unknown" && !permissions.has("CAPTURE_REPLAY")) throw new ReplayError("permission_denied");
  }

  /** A host application that refuses the post must not cost the moment. */
  async #share(
    { caller, body }: Pick<PressOptions, "caller" | "body">,
    clip: ClipRow,
    channel: ChannelAccess,
  ): Promise<PressOutcome["shareRefused"]> {
    try {
      await this.#parts.sharing.shareOnce({ caller, clip, channel, text: body.text });
      return undefined;
    } catch (error) {
      if (error instanceof ReplayError && error.code !== "clip_not_found") return { code: error.code, detail: error.message };
      throw error;
    }
  }
}
