/** What a press asks for, as wall time: the one place where "the last 5 minutes" becomes a range. */
import { type CaptureRequest, ReplayError } from "@livekit-replay/contract";

/** What the screen showed at the press is still on its way: the clip takes the frames of this long after it. With the 20 ms that the recorder gives the last of them, an answer takes a quarter of a second. */
export const inFlightMs = 230;
/** How far back a press may be dated. */
const oldestPressMs = 30_000;

/** A press or a range as wall time, in Unix ms. */
export interface AskedRange {
  /** Null: the last `lengthMs` before the end. */
  readonly fromMs: number | null;
  readonly lengthMs: number;
  /** The instant that the clip must not end before. */
  readonly endMs: number;
  /** The press is this instant's: what arrives shortly after it belongs to it. False for a range that ends in the past. */
  readonly press: boolean;
}

/**
 * The range that a request asks for.
 * @param arrivedAtMs when the request arrived: nothing is asked for beyond it.
 * @param maxMs the longest clip that may be captured.
 * @throws ReplayError `invalid_request` for a range that is longer, or begins after the arrival.
 */
export function askedRange(body: CaptureRequest, arrivedAtMs: number, maxMs: number): AskedRange {
  const refuse = (field: string, message: string): never => {
    throw new ReplayError("invalid_request", { detail: `${field} ${message}`, errors: [{ field, message }] });
  };
  if (body.fromMs !== undefined && body.toMs !== undefined) {
    const endMs = Math.min(body.toMs, arrivedAtMs);
    const lengthMs = endMs - body.fromMs;
    if (lengthMs <= 0) refuse("fromMs", "must be in the past");
    if (lengthMs > maxMs) refuse("fromMs", `must be at most ${maxMs / 60_000} minutes before toMs`);
    return { fromMs: body.fromMs, lengthMs, endMs, press: body.toMs >= arrivedAtMs };
  }
  const lengthMs = body.durationMinutes === undefined ? (body.durationSeconds ?? 0) * 1000 : body.durationMinutes * 60_000;
  if (lengthMs > maxMs)
    refuse(body.durationMinutes === undefined ? "durationSeconds" : "durationMinutes", `must be at most ${maxMs / 60_000} minutes`);
  const endAtMs = body.endAtMs ?? arrivedAtMs;
  if (endAtMs < arrivedAtMs - oldestPressMs) refuse("endAtMs", "must be at most 30 seconds back");
  return { fromMs: null, lengthMs, endMs: Math.min(endAtMs, arrivedAtMs), press: true };
}
