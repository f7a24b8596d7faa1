/** The sign of life that a recorder process gives each second, with what it measured in that second. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { RecorderStats } from "@livekit-replay/contract";

const INTERVAL_MS = 1_000;
const RESOLUTION_MS = 10;

/** Starts it; the returned function stops it. `counts` are asked for at each beat. */
export function startHeartbeat(
  counts: () => Pick<RecorderStats, "publications" | "sessions" | "drops">,
  beat: (stats: RecorderStats) => void,
): () => void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const send = (): void => {
    // The histogram holds the whole time between two looks; what is above its resolution is delay.
    const p99 = delay.count === 0 ? 0 : Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS);
    delay.reset();
    beat({ ...counts(), eventLoopDelayP99Ms: p99, residentBytes: process.memoryUsage.rss() });
  };
  send();
  const timer = setInterval(send, INTERVAL_MS);
  return () => {
    clearInterval(timer);
    delay.disable();
  };
}
