/** `npm run bench -- finalise`: the making of a clip's MP4 beside `cp` of the same bytes, in turns, both to the disk. */
import { open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Clip, type Millis } from "@livekit-replay/contract";
import type { Film } from "../film/model.js";
import { runForText } from "../process/run.js";
import type { Api } from "../server/api.js";
import type { ServerProcess } from "../server/start.js";
import { MemoryWatch, residentBytes } from "./process.js";
import { type BenchResult, median } from "./report.js";
import { recordFor } from "./session.js";

/** Options of `benchFinalise`. The server must log at `info`: its own measurements are read from there. */
export interface FinaliseBenchOptions {
  readonly server: ServerProcess;
  /** The server's storage root. */
  readonly folder: string;
  readonly film: Film;
  readonly lengthMs: Millis;
  readonly say: (line: string) => void;
}

const RUNS = 9;
const RATIO_BUDGET = 1.5;
const MEMORY_BUDGET_MB = 32;
const READY_LIMIT_MS = 120_000;

interface FinaliseRun {
  readonly writeMs: number;
  readonly verifyMs: number;
  readonly copyMs: number;
  readonly sizeBytes: number;
  readonly memoryMb: number;
}

/** What the server says of the making of a clip. */
function logged(server: ServerProcess, clipId: string): { writeMs: number; verifyMs: number; sizeBytes: number } {
  for (const line of server.log.toReversed()) {
    if (!line.includes(clipId) || !line.includes("clip finalised")) continue;
    const entry = JSON.parse(line) as { writeMs: number; verifyMs: number; sizeBytes: number };
    return entry;
  }
  throw new Error(`The server's log does not tell how clip ${clipId} was made`);
}

/** The newest finished clip's file. */
async function newestClip(folder: string): Promise<string> {
  const clips = join(folder, "replays", "alice");
  const names = (await readdir(clips)).filter((name) => name.endsWith(".mp4")).toSorted();
  return join(clips, names.at(-1) ?? "");
}

/** Copies a file with `cp` and brings the copy to the disk; gives the time of both, ms. */
async function copy(from: string, to: string): Promise<number> {
  const begin = performance.now();
  await runForText("cp", ["--reflink=never", from, to]);
  const file = await open(to, "r+");
  await file.sync();
  await file.close();
  return performance.now() - begin;
}

async function once(options: FinaliseBenchOptions, api: Api, capture: () => Promise<Clip>): Promise<FinaliseRun> {
  const { server, folder } = options;
  const before = await residentBytes(server.pid);
  const watch = new MemoryWatch(server.pid);
  const clip = await api.readyClip((await capture()).id, READY_LIMIT_MS);
  const peak = watch.stop();
  const { writeMs, verifyMs, sizeBytes } = logged(server, clip.id);
  const path = await newestClip(folder);
  const target = join(folder, "copy.mp4");
  try {
    const copyMs = await copy(path, target);
    if ((await stat(target)).size !== sizeBytes) throw new Error("The copy is not of the clip that was measured");
    return { writeMs, verifyMs, copyMs, sizeBytes, memoryMb: (peak - before) / 2 ** 20 };
  } finally {
    await rm(target, { force: true });
  }
}

/** Records, stops, and makes the same clip nine times, in turns with `cp`. */
export async function benchFinalise(options: FinaliseBenchOptions): Promise<BenchResult> {
  const { api, sessionId, publisher } = await recordFor(options.server, options.film, options.lengthMs, options.say);
  // Nothing else runs while it is measured: the buffer of an ended session can still be captured.
  await publisher.close();
  const { sessions } = await api.status("lobby");
  const toMs = sessions.find((session) => session.id === sessionId)?.window?.toMs ?? 0;
  const range = { sessionId, fromMs: Math.round(toMs - options.lengthMs), toMs };
  const runs: FinaliseRun[] = [];
  for (let index = 0; index < RUNS; index += 1) runs.push(await once(options, api, () => api.capture(range)));
  const pick = (key: keyof FinaliseRun): number[] => runs.map((run) => run[key]);
  return {
    bench: `finalise ${Math.round(options.lengthMs / 1000)} s, ${(median(pick("sizeBytes")) / 1e6).toFixed(0)} MB, ${RUNS} runs in turns`,
    measures: [
      { name: "made and synced, median", value: median(pick("writeMs")), unit: "ms", budget: null },
      { name: "cp --reflink=never and fsync, median", value: median(pick("copyMs")), unit: "ms", budget: null },
      { name: "ratio of the medians", value: median(pick("writeMs")) / median(pick("copyMs")), unit: "x", budget: RATIO_BUDGET },
      { name: "verification, median", value: median(pick("verifyMs")), unit: "ms", budget: null },
      { name: "resident memory above before, worst", value: Math.max(...pick("memoryMb")), unit: "MB", budget: MEMORY_BUDGET_MB },
    ],
    details: runs,
  };
}
