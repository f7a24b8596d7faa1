/** `npm run bench -- recordings`: what the recorder process uses with more and more recordings of 1080p60 with sound. */
import { setTimeout as delay } from "node:timers/promises";
import type { Film } from "../film/model.js";
import { WhipPublisher } from "../publish/publisher.js";
import type { ServerProcess } from "../server/start.js";
import { tokenFor, worstLoopDelay } from "./people.js";
import { cpuSeconds, residentBytes } from "./process.js";
import type { BenchResult, Measure } from "./report.js";

/** Options of `benchRecordings`. */
export interface RecordingsBenchOptions {
  /** Started with `jwtSecret` as its `JWT_SECRET`. */
  readonly server: ServerProcess;
  readonly jwtSecret: string;
  readonly film: Film;
  /** How many recordings run in each step, growing. */
  readonly steps: readonly number[];
  /** How long each step is measured. */
  readonly secondsEach: number;
  readonly say: (line: string) => void;
}

interface Step {
  readonly recordings: number;
  /** Of one core. */
  readonly cpuPercent: number;
  readonly residentMb: number;
  readonly loopDelayP99Ms: number;
  readonly publisherCpuPercent: number;
  /** Packets that the recorder asked for again. */
  readonly nacked: number;
}

const SETTLE_MS = 5000;
const CPU_EACH_BUDGET = 4;
const MEMORY_BASE_MB = 120;
const MEMORY_EACH_MB = 6;
const LOOP_BUDGET_MS = 20;

async function measure(
  { server, secondsEach }: RecordingsBenchOptions,
  recorder: number,
  publishers: readonly WhipPublisher[],
): Promise<Step> {
  const nacked = (): number => publishers.reduce((sum, { video, audio }) => sum + video.nacked + (audio?.nacked ?? 0), 0);
  await delay(SETTLE_MS);
  const [begin, cpu, own, asked] = [performance.now(), await cpuSeconds(recorder), process.cpuUsage(), nacked()];
  const worst = await worstLoopDelay(server.url, secondsEach);
  const seconds = (performance.now() - begin) / 1000;
  const used = process.cpuUsage(own);
  return {
    recordings: publishers.length,
    cpuPercent: ((await cpuSeconds(recorder)) - cpu) * (100 / seconds),
    residentMb: (await residentBytes(recorder)) / 2 ** 20,
    loopDelayP99Ms: worst,
    publisherCpuPercent: (used.user + used.system) / 1e4 / seconds,
    nacked: nacked() - asked,
  };
}

function measuresOf({ recordings, cpuPercent, residentMb, loopDelayP99Ms, publisherCpuPercent, nacked }: Step, isLast: boolean): Measure[] {
  const budget = (value: number): number | null => (isLast ? value : null);
  const name = (what: string): string => `${String(recordings).padStart(2)} recordings: ${what}`;
  return [
    { name: name("processor, each"), value: cpuPercent / recordings, unit: "% core", budget: budget(CPU_EACH_BUDGET) },
    { name: name("resident memory"), value: residentMb, unit: "MB", budget: budget(MEMORY_BASE_MB + MEMORY_EACH_MB * recordings) },
    { name: name("event loop delay, p99, worst second"), value: loopDelayP99Ms, unit: "ms", budget: budget(LOOP_BUDGET_MS) },
    { name: name("the publishers' own processor"), value: publisherCpuPercent, unit: "% core", budget: null },
    { name: name("packets asked for again"), value: nacked, unit: "", budget: null },
  ];
}

/** Adds publishers step by step and measures the recorder process in each. Budgets hold for the last step. */
export async function benchRecordings(options: RecordingsBenchOptions): Promise<BenchResult> {
  const [recorder] = await options.server.childPids();
  if (recorder === undefined) throw new Error("The server has no recorder process");
  const publishers: WhipPublisher[] = [];
  const steps: Step[] = [];
  try {
    for (const count of options.steps) {
      while (publishers.length < count) {
        const token = tokenFor(`bench-${publishers.length}`, options.jwtSecret);
        publishers.push(await WhipPublisher.publish({ url: `${options.server.url}/livekit-replay/whip/lobby`, token, film: options.film }));
        // Not a multiple of a frame's time, so that frames and keyframes of the publishers do not fall together.
        await delay(130);
      }
      options.say(`Measuring ${count} recordings for ${options.secondsEach} s…`);
      steps.push(await measure(options, recorder, publishers));
    }
  } finally {
    await Promise.all(publishers.map((publisher) => publisher.close()));
  }
  const last = steps.length - 1;
  return {
    bench: "recordings of 1080p60 at 6 Mbit/s with sound",
    measures: steps.flatMap((step, index) => measuresOf(step, index === last)),
    details: steps,
  };
}
