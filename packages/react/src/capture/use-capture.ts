/** Capturing one session, for a component: the length, the reach that is being considered, and what was made of the presses. */
import type { Session } from "@livekit-replay/contract";
import { useState } from "react";
import { useReplay } from "../provider/context.js";
import { useValue } from "../store/value.js";
import type { Capture } from "./store.js";

/** What capture buttons need. */
export interface CaptureControl {
  /** The length of the next press on the big button, in ms. */
  readonly lengthMs: number;
  /** The length to show on the strip. */
  readonly reachMs: number;
  /** The person points at a length. */
  readonly considering: boolean;
  /** A capture of this session is under way. */
  readonly busy: boolean;
  /** Nothing can be captured (yet, or any more, or not by this person). */
  readonly disabled: boolean;
  /** The presses on this session, newest first. */
  readonly captures: readonly Capture[];
  /** Keeps the last `lengthMs`. `pressedAtMs`: local time of the press. */
  readonly capture: (lengthMs: number, pressedAtMs?: number) => void;
  readonly consider: (lengthMs: number | undefined) => void;
}

/** How a capture of a session is controlled. `onCaptured` hears how each press came out. */
export const useCapture = (session: Session | undefined, onCaptured?: (capture: Capture) => void): CaptureControl => {
  const { captures: store } = useReplay();
  const all = useValue(store.value);
  const lengthMs = useValue(store.length);
  const [considered, consider] = useState<number | undefined>(undefined);
  const captures = all.filter((one) => one.sessionId === session?.id);
  const busy = captures.some((one) => one.state.is === "keeping");
  const disabled = session === undefined || !session.can.capture || (session.window === null && session.state === "ended");
  const capture = (ms: number, pressedAtMs?: number): void => {
    if (session === undefined || disabled || busy) return;
    const pressed = {
      sessionId: session.id,
      sessionStartedAtMs: session.startedAtMs,
      lengthMs: ms,
      ...(pressedAtMs === undefined ? {} : { pressedAtMs }),
    };
    void store.press(pressed).then((one) => onCaptured?.(one));
  };
  return { lengthMs, reachMs: considered ?? lengthMs, considering: considered !== undefined, busy, disabled, captures, capture, consider };
};
