/** `npm run bench -- livekit`: what the recorder process uses for shares of LiveKit rooms, all in one room or each in its own, beside what LiveKit's egress costs. */
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import type { FilmFiles } from "../film/files.js";
import { LivekitPublisher } from "../livekit/publisher.js";
import { PublishProcess } from "../livekit/publish-process.js";
import type { LivekitServer } from "../livekit/server.js";
import { Api } from "../server/api.js";
import type { ServerProcess } from "../server/start.js";
import { tokenFor, worstLoopDelay } from "./people.js";
import { cpuSeconds, residentBytes } from "./process.js";
import type { BenchResult, Measure } from "./report.js";

/** Options of `benchLivekit`. */
export interface LivekitBenchOptions {
  /** Started with `jwtSecret`, the variables of `livekit`, and its catalogue in `folder`. */
  readonly server: ServerProcess;
  readonly folder: string;
  readonly jwtSecret: string;
  readonly livekit: LivekitServer;
  readonly film: FilmFiles;
  /** How many shares run in each step, growing. */
  readonly steps: readonly number[];
  /** How long each step is measured. */
  readonly secondsEach: number;
  readonly say: (line: string) => void;
}

/** How the shares are spread. */
type Spread = "one room" | "rooms of their own";

interface Step {
  readonly spread: Spread;
  readonly shares: number;
  /** Of one core. */
  readonly cpuPercent: number;
  readonly residentMb: number;
  readonly loopDelayP99Ms: number;
  readonly livekitCpuPercent: number;
  readonly publishersCpuPercent: number;
  /** Segments per share while it was measured. */
  readonly windowGrewMs: number;
}

const SETTLE_MS = 6000;
const CPU_EACH_BUDGET = 4;
const MEMORY_BASE_MB = 150;
const MEMORY_EACH_MB = 6;

/**
 * What LiveKit's egress costs, to compare. Published: the default `track_composite_cpu_cost` of its configuration, by which it admits requests
 * (livekit/egress 1.14.1, pkg/config/service.go), and what its documentation asks for (docs.livekit.io, self-hosting, egress).
 * Measured: egress 1.14.1 with livekit-server 1.13.5, one Track Composite of 1080p30 at 4.5 Mbit/s, and of 1080p60, on two cores.
 */
const EGRESS: readonly Measure[] = [
  { name: "egress, published: cost of a track composite", value: 100, unit: "% core", budget: null },
  { name: "egress, published: asked for, for an instance", value: 4, unit: "cores", budget: null },
  { name: "egress, published: asked for, for an instance", value: 4096, unit: "MB", budget: null },
  { name: "egress, measured: one 1080p30", value: 101, unit: "% core", budget: null },
  { name: "egress, measured: one 1080p30", value: 691, unit: "MB", budget: null },
  { name: "egress, measured: one 1080p60, falls behind", value: 177, unit: "% core", budget: null },
  { name: "egress, measured: one 1080p60, falls behind", value: 1276, unit: "MB", budget: null },
];

const roomOf = (spread: Spread, index: number): string => (spread === "one room" ? "lobby" : `bench-${index}`);

/** Rooms of the demo community: the demo itself has two. */
function addRooms(folder: string, count: number): void {
  const database = new DatabaseSync(`${folder}/catalog.db`, { timeout: 5000 });
  const insert = database.prepare(`insert or ignore into rooms ("roomName", title, "communityId") values (?, ?, 'demo')`);
  for (let index = 0; index < count; index += 1) insert.run(roomOf("rooms of their own", index), `Bench ${index}`);
  database.close();
}

/** One share of a person of its own, being recorded. */
interface Share {
  readonly publisher: LivekitPublisher;
  readonly api: Api;
  readonly room: string;
}

async function begin(
  { server, livekit, film, jwtSecret }: LivekitBenchOptions,
  process: PublishProcess,
  spread: Spread,
  index: number,
): Promise<Share> {
  const userId = `${spread === "one room" ? "one" : "own"}-${index}`;
  const room = roomOf(spread, index);
  const publisher = await LivekitPublisher.join({ server: livekit, process, room, identity: userId });
  await publisher.publish({ film, log: false });
  const api = new Api(server.url, tokenFor(userId, jwtSecret));
  await api.start(room);
  return { publisher, api, room };
}

/** The newest instant that is kept of the shares of a room that grew least. */
async function kept(shares: readonly Share[]): Promise<number> {
  const ends = await Promise.all(
    [...new Map(shares.map((share) => [share.room, share])).values()].map(async ({ api, room }) => {
      const { sessions } = await api.status(room);
      return Math.min(...sessions.filter(({ state }) => state === "active").map(({ window }) => window?.toMs ?? 0));
    }),
  );
  return Math.min(...ends);
}

async function measure(
  options: LivekitBenchOptions,
  recorder: number,
  process: PublishProcess,
  spread: Spread,
  shares: readonly Share[],
): Promise<Step> {
  const { server, livekit, secondsEach } = options;
  await delay(SETTLE_MS);
  const pids = [recorder, livekit.pid, process.pid] as const;
  const used = async (): Promise<number[]> => Promise.all(pids.map(cpuSeconds));
  const [begun, before, from] = [performance.now(), await used(), await kept(shares)];
  const worst = await worstLoopDelay(server.url, secondsEach);
  const seconds = (performance.now() - begun) / 1000;
  const percent = (await used()).map((after, index) => ((after - (before[index] ?? 0)) * 100) / seconds);
  return {
    spread,
    shares: shares.length,
    cpuPercent: percent[0] ?? Number.NaN,
    residentMb: (await residentBytes(recorder)) / 2 ** 20,
    loopDelayP99Ms: worst,
    livekitCpuPercent: percent[1] ?? Number.NaN,
    publishersCpuPercent: percent[2] ?? Number.NaN,
    windowGrewMs: (await kept(shares)) - from,
  };
}

function measuresOf(step: Step, isLast: boolean, secondsEach: number): Measure[] {
  const budget = (value: number): number | null => (isLast ? value : null);
  const name = (what: string): string => `${String(step.shares).padStart(2)} in ${step.spread}: ${what}`;
  return [
    { name: name("processor, each"), value: step.cpuPercent / step.shares, unit: "% core", budget: budget(CPU_EACH_BUDGET) },
    { name: name("memory"), value: step.residentMb, unit: "MB", budget: budget(MEMORY_BASE_MB + MEMORY_EACH_MB * step.shares) },
    { name: name("event loop, p99"), value: step.loopDelayP99Ms, unit: "ms", budget: null },
    { name: name("livekit-server"), value: step.livekitCpuPercent, unit: "% core", budget: null },
    { name: name("publishers"), value: step.publishersCpuPercent, unit: "% core", budget: null },
    // A recorder that writes nothing costs nothing: what is kept must have grown with the clock, but for a segment or two.
    { name: name("not kept while measured"), value: secondsEach - step.windowGrewMs / 1000, unit: "s", budget: 5 },
  ];
}

async function measureSpread(options: LivekitBenchOptions, recorder: number, spread: Spread): Promise<Step[]> {
  const process = await PublishProcess.start();
  const shares: Share[] = [];
  const steps: Step[] = [];
  try {
    for (const count of options.steps) {
      while (shares.length < count) {
        shares.push(await begin(options, process, spread, shares.length));
        // Not a multiple of a frame's time, so that frames and keyframes of the publishers do not fall together.
        await delay(130);
      }
      options.say(`Measuring ${count} shares in ${spread} for ${options.secondsEach} s…`);
      steps.push(await measure(options, recorder, process, spread, shares));
    }
  } finally {
    await process.close();
  }
  return steps;
}

/** Adds shares step by step, first in one room, then in rooms of their own, and measures the recorder process. Budgets hold for the last step of each. */
export async function benchLivekit(options: LivekitBenchOptions): Promise<BenchResult> {
  const [recorder] = await options.server.childPids();
  if (recorder === undefined) throw new Error("The server has no recorder process");
  addRooms(options.folder, Math.max(...options.steps));
  const one = await measureSpread(options, recorder, "one room");
  const own = await measureSpread(options, recorder, "rooms of their own");
  const measures = [one, own].flatMap((steps) =>
    steps.flatMap((step, index) => measuresOf(step, index === steps.length - 1, options.secondsEach)),
  );
  return {
    bench: "shares of LiveKit rooms, 1080p60 at 6 Mbit/s with sound",
    measures: [...measures, ...EGRESS],
    details: [...one, ...own],
  };
}
