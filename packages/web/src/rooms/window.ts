/** How much of a session is kept at this moment. */
import { layoutStrip, useNow } from "@livekit-replay/react";
import type { Session } from "@livekit-replay/contract";

const MOST_MS = 600_000;

/** Length of what can be captured, in ms; counts on while the share runs. */
export const useKept = (session: Session): number => {
  const nowMs = useNow();
  const { window, state, pausedAtMs } = session;
  return layoutStrip({ window, running: state === "active", nowMs, scaleMs: MOST_MS, pausedAtMs }).keptMs;
};
