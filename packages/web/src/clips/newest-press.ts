/** Which capture is shown large: the newest press. */
import type { Capture } from "@livekit-replay/react";
import { useState } from "react";

/** The newest press, while it is there, and those before it. */
export interface Presses {
  readonly newest: Capture | undefined;
  readonly before: readonly Capture[];
}

/** When the newest is undone, deleted or dismissed, the one before does not take its place and begin to play: it stays in the row. */
export const useNewestPress = (shown: readonly Capture[]): Presses => {
  const [latestMs, setLatestMs] = useState(0);
  const [first, ...others] = shown;
  if (first === undefined || first.pressedAtMs < latestMs) return { newest: undefined, before: shown };
  if (first.pressedAtMs > latestMs) setLatestMs(first.pressedAtMs);
  return { newest: first, before: others };
};
