/** What the parts count about themselves, put where `/metrics` finds it. */
import type { RecorderProcessStats } from "../recorders/supervisor/options.js";
import type { Core } from "./core.js";

const byProcess = (
  processes: readonly RecorderProcessStats[],
  value: (process: RecorderProcessStats) => number | undefined,
): Record<string, number> => Object.fromEntries(processes.map((process, index) => [String(index), value(process) ?? 0]));

/** Drops of all recorder processes by what was dropped. */
function dropsOf(processes: readonly RecorderProcessStats[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { heartbeat } of processes)
    for (const [what, count] of Object.entries(heartbeat?.drops ?? {})) sums[what] = (sums[what] ?? 0) + count;
  return sums;
}

/** Registers the gauges of store, sessions and recorder. */
export function observe({ metrics, store, recorder, livekit, host, catalog }: Core): void {
  const processes = (): readonly RecorderProcessStats[] => recorder.stats().processes;
  metrics.gauges("store_events", "What the store counts: drops, refusals, errors, since the start", "what", () =>
    store.counters.snapshot(),
  );
  metrics.gauge("storage_free_bytes", "Bytes free below the storage root", () => store.freeBytes());
  metrics.gauge(
    "sessions_active",
    "Sessions that record",
    async () => (await catalog.sessions.all()).filter((row) => row.state === "active").length,
  );
  metrics.gauges("recorder_up", "Whether a recorder process is up", "process", () =>
    byProcess(processes(), (one) => (one.state === "up" ? 1 : 0)),
  );
  metrics.gauges("recorder_restarts", "How often a recorder process was started again", "process", () =>
    byProcess(processes(), (one) => one.restarts),
  );
  metrics.gauges("recorder_publications", "Publications of a recorder process", "process", () =>
    byProcess(processes(), (one) => one.publications),
  );
  metrics.gauges("recorder_resident_bytes", "Memory of a recorder process", "process", () =>
    byProcess(processes(), (one) => one.heartbeat?.residentBytes),
  );
  metrics.gauges("recorder_event_loop_delay_p99_seconds", "Event loop delay of a recorder process", "process", () =>
    byProcess(processes(), (one) => (one.heartbeat?.eventLoopDelayP99Ms ?? 0) / 1000),
  );
  metrics.gauges("recorder_drops", "What recorder processes dropped, since they started", "what", () => dropsOf(processes()));
  metrics.gauge("recorder_timeouts", "Requests that no recorder answered in time", () => recorder.stats().timeouts);
  if (livekit)
    metrics.gauge(
      "livekit_calls_refused",
      "Questions to LiveKit that were not asked because too many waited",
      () => livekit.rooms.refusedCalls,
    );
  if (host)
    metrics.gauge(
      "host_questions_refused",
      "Questions to the host application that were not asked because too many waited",
      () => host.refused,
    );
  metrics.gauge("recorder_invalid_messages", "Messages of recorders that did not fit the contract", () => recorder.stats().invalidMessages);
}
