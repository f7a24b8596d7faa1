/** `npm run bench`: measures the real built server from outside and holds it to its budgets. */
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { millis } from "@livekit-replay/contract";
import { makeFilmFiles } from "../film/files.js";
import { FULL_FILM, loadFilm } from "../film/make.js";
import { LivekitServer } from "../livekit/server.js";
import { ServerProcess } from "../server/start.js";
import { benchCapture } from "./capture.js";
import { benchFinalise } from "./finalise.js";
import { benchLivekit } from "./livekit.js";
import { benchRecordings } from "./recordings.js";
import { type BenchResult, tableOf, withinBudget } from "./report.js";

/** What can be measured. */
export const BENCHES = ["capture", "finalise", "recordings", "livekit"] as const;
/** The name of one of them, as on the command line. */
export type BenchName = (typeof BENCHES)[number];

/** Options of `runBenches`. */
export interface BenchOptions {
  readonly names: readonly BenchName[];
  /** How much is recorded, in real time, for `capture` and `finalise`. */
  readonly minutes: number;
  /** How many recordings run at most in `recordings` and `livekit`. */
  readonly recordings: number;
  /** How long each step of `recordings` and `livekit` is measured. */
  readonly seconds: number;
  /** Where the JSON goes. */
  readonly reportPath: string;
  readonly say: (line: string) => void;
  /** Benches of others, measured after the named ones: this package drives no browser. */
  readonly more?: readonly (() => Promise<BenchResult>)[];
}

const steps = (most: number): number[] => [...[1, 4, 8].filter((count) => count < most), most];

const secretEnv = (jwtSecret: string): Record<string, string> => ({
  LOG_LEVEL: "info",
  JWT_SECRET: jwtSecret,
  DEFAULT_QUOTA_BYTES: "500 GB",
  MIN_FREE_BYTES: "100 MB",
  DEFAULT_MAX_CONCURRENT: "100",
});

/** Some work with a server in a folder that is gone afterwards. */
async function withServer(
  env: Readonly<Record<string, string>>,
  work: (server: ServerProcess, folder: string) => Promise<BenchResult>,
): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  try {
    const server = await ServerProcess.start({ folder, env });
    try {
      return await work(server, folder);
    } finally {
      await server.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureLivekit({ recordings, seconds, say }: BenchOptions): Promise<BenchResult> {
  const jwtSecret = randomBytes(32).toString("hex");
  const livekit = await LivekitServer.start();
  try {
    const env = { LIVEKIT_URL: livekit.url, LIVEKIT_API_KEY: livekit.apiKey, LIVEKIT_API_SECRET: livekit.apiSecret };
    const film = await makeFilmFiles(FULL_FILM);
    const counts = [...[1, 8].filter((count) => count < recordings), recordings];
    return await withServer({ ...secretEnv(jwtSecret), ...env }, (server, folder) =>
      benchLivekit({ server, folder, say, livekit, film, jwtSecret, steps: counts, secondsEach: seconds }),
    );
  } finally {
    await livekit.close();
  }
}

async function measure(name: BenchName, options: BenchOptions): Promise<BenchResult> {
  if (name === "livekit") return measureLivekit(options);
  const film = await loadFilm(FULL_FILM);
  const jwtSecret = randomBytes(32).toString("hex");
  return withServer(secretEnv(jwtSecret), (server, folder) => {
    const shared = { server, folder, film, lengthMs: millis(options.minutes * 60_000), say: options.say };
    switch (name) {
      case "capture":
        return benchCapture(shared);
      case "finalise":
        return benchFinalise(shared);
      case "recordings":
        return benchRecordings({ ...shared, jwtSecret, steps: steps(options.recordings), secondsEach: options.seconds });
    }
  });
}

/** Runs the benches one after the other; gives the exit code: 1 when a budget is passed. */
export async function runBenches(options: BenchOptions): Promise<number> {
  const results: BenchResult[] = [];
  const named = options.names.map((name) => () => measure(name, options));
  for (const bench of [...named, ...(options.more ?? [])]) {
    const result = await bench();
    results.push(result);
    for (const line of tableOf(result)) options.say(line);
  }
  await mkdir(join(options.reportPath, ".."), { recursive: true });
  await writeFile(options.reportPath, `${JSON.stringify(results, null, 2)}\n`);
  return results.every(withinBudget) ? 0 : 1;
}
