/**
 * What can be kept of a session that LiveKit egress records: whole segments, and nothing of what egress has not written yet.
 * The start is a frame (an edit list hides what lies before it); the end is that of the last segment.
 */
import { millis, type Millis, ReplayError, wallMs } from "@livekit-replay/contract";
import { type ClipPlan, type Describe, planClip } from "@livekit-replay/media";
import type { BufferedSegment } from "../store/buffer.js";
import type { AskedRange } from "./range.js";

/** A plan, and what of the range is not there. */
export interface WholePlan {
  readonly plan: ClipPlan<BufferedSegment>;
  /** How much of the range, up to the press, egress had not written yet; 0 when it writes nothing more. */
  readonly notYet: Millis;
}

/** What to plan from. */
export interface WholeOptions {
  readonly segments: readonly BufferedSegment[];
  readonly asked: AskedRange;
  /** The session goes on: the range counts back from the press, whether its newest part is there or not. */
  readonly recording: boolean;
  /** It has ended, and its last segments up to that instant are still to come; null: they are not. */
  readonly drainsUntilMs: number | null;
  readonly describe: Describe<BufferedSegment>;
}

/** @throws ReplayError `no_segments`, which says where they are only not there yet. */
export async function planWhole({ segments, asked, recording, drainsUntilMs, describe }: WholeOptions): Promise<WholePlan> {
  const newest = segments.at(-1);
  if (!newest) throw new ReplayError("no_segments");
  const end = recording ? asked.endMs : Math.min(asked.endMs, newest.endWall);
  const fromMs = wallMs(asked.fromMs ?? end - asked.lengthMs);
  const whole = recording ? asked.endMs : Math.min(asked.endMs, drainsUntilMs ?? newest.endWall);
  const notYet = millis(Math.round(Math.max(0, Math.min(whole - newest.endWall, whole - fromMs))));
  const reaching = segments.filter(({ startWall }) => startWall < end);
  const plan = await planClip(reaching, { fromMs, toMs: null }, describe);
  if (plan.kind === "clip") return { plan, notYet };
  if (notYet === 0) throw new ReplayError("no_segments");
  throw new ReplayError("no_segments", {
    detail: "No segments found: LiveKit egress writes them 10 to 20 seconds late; with waitForNewest they are waited for",
    retryAfterSeconds: 10,
  });
}
