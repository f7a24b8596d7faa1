/** `npm run exactness`: the real server, a real publisher, and every clip judged frame by frame; clean, over a lossy way, and over many runs; by WHIP or through a real livekit-server. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clip, type Millis, millis } from "@livekit-replay/contract";
import { FULL_FILM, loadFilm } from "../film/make.js";
import { makeAnsweringFilm } from "../film/files.js";
import type { Film } from "../film/model.js";
import { type PageLike, PagePlayer } from "../judge/page.js";
import { type ClipReading, readClip } from "../judge/read.js";
import { LivekitServer } from "../livekit/server.js";
import { LossyUdpProxy } from "../proxy/udp.js";
import { type Random, seededRandom } from "../random/seeded.js";
import { Api } from "../server/api.js";
import { ServerProcess } from "../server/start.js";
import { planCaptures } from "./plan.js";
import { judgePlayback } from "./playback.js";
import type { FrameLog } from "../publish/frame-log.js";
import { byLivekit, byWhip } from "./publish.js";
import { type Captured, type Recording, recordPlan, recordRuns, type RunsRecording } from "./record.js";
import { type Judged, linesOf, passes, summaryOf } from "./report.js";
import { followRuns, judgeRuns } from "./runs.js";
import { type Criterion, findSent, judgeClip, judgeFile, judgeFirst, judgeLast, judgeSync, type Way } from "./verdict.js";

/** A page of a real browser, its content policy bypassed. */
export interface BrowserPage {
  readonly page: PageLike;
  close(): Promise<void>;
}

/** Options of `runExactness`. */
export interface ExactnessOptions {
  /** A buffer of 90 s and a few captures, for `npm test`; otherwise eleven minutes and twenty. */
  readonly short: boolean;
  /** Through a real livekit-server instead of by WHIP; without the part of many runs. */
  readonly livekit: boolean;
  readonly seed: number;
  /** Opens a page at an address, in a real browser. */
  readonly openPage: (url: string) => Promise<BrowserPage>;
  /** The file of hls.js. */
  readonly hlsPath: string;
  /** Where the JSON goes. */
  readonly reportPath: string;
  readonly say: (line: string) => void;
}

interface Form {
  readonly recordingMs: Millis;
  readonly minutes: readonly number[];
  readonly maxSeconds: number;
  readonly captures: { readonly clean: number; readonly lossy: number };
  readonly runs: number;
}

const SHORT: Form = { recordingMs: millis(90_000), minutes: [1], maxSeconds: 75, captures: { clean: 6, lossy: 3 }, runs: 6 };
const FULL: Form = { recordingMs: millis(660_000), minutes: [1, 2, 5, 10], maxSeconds: 300, captures: { clean: 20, lossy: 20 }, runs: 20 };

const CLEAN: Way = { delayMs: 0, lossy: false };
const LOSSY: Way = { delayMs: 20, lossy: true };
const LOSSY_CONDITIONS = { loss: 0.02, delayMs: 20, reorder: 0.02, reorderMs: 8 };
/** Between SFU and recorder: 3 % lost each way, 20 ms there and back. What the publisher sends reaches the SFU as late, but whole: what it never had it cannot forward. */
const LIVEKIT_CONDITIONS = { loss: 0.03, delayMs: 10 };
const READY_LIMIT_MS = 120_000;

/** Everything that judging needs. */
interface Bench {
  readonly options: ExactnessOptions;
  readonly folder: string;
  readonly film: Film;
  readonly browser: BrowserPage;
  readonly random: Random;
  readonly judged: Judged[];
}

/** A capture and how it is judged. */
interface Case {
  readonly variant: string;
  readonly captured: Captured;
  readonly judge: (reading: ClipReading, clip: Clip) => Criterion[];
  /** Whether it is played in a browser besides being decoded. */
  readonly plays: boolean;
}

async function play(bench: Bench, api: Api, clip: Clip, reading: ClipReading): Promise<Criterion[]> {
  const options = { page: bench.browser.page, token: api.token, random: bench.random };
  const { playlist, download } = clip.links;
  return [
    await judgePlayback({ kind: "mp4", url: api.absolute(download) }, reading, options),
    playlist === null
      ? { name: "plays HLS", ok: false, value: "no playlist" }
      : await judgePlayback({ kind: "hls", url: api.absolute(playlist) }, reading, options),
  ];
}

/** Downloads a clip, decodes it, judges it, plays it, and removes the file. */
async function judgeCaptured(bench: Bench, api: Api, { variant, captured, judge, plays }: Case): Promise<void> {
  const path = join(bench.folder, "judged.mp4");
  const criteria: Criterion[] = [];
  try {
    if (captured.answer instanceof Error) throw captured.answer;
    const clip = await api.readyClip(captured.answer.id, READY_LIMIT_MS);
    await api.download(clip, path);
    const reading = await readClip(path);
    criteria.push(...judge(reading, clip));
    if (plays) criteria.push(...(await play(bench, api, clip, reading)));
  } catch (error) {
    criteria.push({ name: "clip", ok: false, value: error instanceof Error ? error.message : String(error) });
  } finally {
    await rm(path, { force: true });
  }
  const judged = { variant, what: captured.what, criteria };
  bench.judged.push(judged);
  for (const line of linesOf(judged)) bench.options.say(line);
}

async function judgeRecording(bench: Bench, api: Api, variant: string, way: Way, { log, captured }: Recording): Promise<void> {
  const { film } = bench;
  const shared = { log, way, filmFrames: film.frames.length, frameMs: 1000 / film.frameRate };
  for (const one of captured) {
    const judge: Case["judge"] = (reading, clip) => judgeClip({ ...shared, reading, clip, asked: one.asked });
    await judgeCaptured(bench, api, { variant, captured: one, judge, plays: !way.lossy });
  }
}

async function judgeRunsRecording(bench: Bench, api: Api, { logs, captured }: RunsRecording): Promise<void> {
  const sent = logs.map((log) => Array.from({ length: log.count }, (_, index) => log.at(index)?.number ?? -1));
  const expected = { asked: captured.asked, way: CLEAN, frameMs: 1000 / bench.film.frameRate };
  const judge: Case["judge"] = (reading) => {
    const [firstLog, lastLog] = [logs[0], logs.at(-1)];
    const first = firstLog ? findSent(firstLog, reading.frames[0], captured.asked.from) : null;
    const last = lastLog ? findSent(lastLog, reading.frames.at(-1), captured.asked.to) : null;
    return [
      ...judgeRuns(followRuns(reading.frames, sent, first?.index ?? 0), logs.length),
      judgeFirst(expected, first),
      judgeLast(expected, last),
      judgeSync(reading, logs.length, logs.length * 2),
      ...judgeFile(reading),
    ];
  };
  await judgeCaptured(bench, api, { variant: "runs", captured, judge, plays: true });
}

async function judgeWhip(bench: Bench, server: ServerProcess, form: Form): Promise<void> {
  const { film, random, options } = bench;
  const [alice, bob] = [await Api.signIn(server.url, "alice"), await Api.signIn(server.url, "bob")];
  const proxy = await LossyUdpProxy.open({ ...LOSSY_CONDITIONS, seed: options.seed });
  try {
    const planOf = (captures: number): ReturnType<typeof planCaptures> => planCaptures({ ...form, random, captures });
    options.say(`Recording ${form.recordingMs / 1000} s of 1080p60, clean and over a way that loses 2 %, delays 20 ms and reorders…`);
    const [clean, lossy] = await Promise.all([
      recordPlan({ api: alice, userId: "alice", roomName: "lobby", publish: byWhip(film) }, planOf(form.captures.clean), form.recordingMs),
      recordPlan(
        { api: bob, userId: "bob", roomName: "studio", publish: byWhip(film, proxy.route) },
        planOf(form.captures.lossy),
        form.recordingMs,
      ),
    ]);
    options.say(`Recording ${form.runs} runs…`);
    const runs = await recordRuns({ api: alice, userId: "alice", roomName: "studio", publish: byWhip(film) }, form.runs, random);
    await judgeRecording(bench, alice, "clean", CLEAN, clean);
    await judgeRecording(bench, bob, "lossy", LOSSY, lossy);
    await judgeRunsRecording(bench, alice, runs);
    const { forwarded, lost, reordered } = proxy.toServer;
    options.say(`The lossy way: ${forwarded} packets forwarded, ${lost} lost, ${reordered} reordered.`);
  } finally {
    await proxy.close();
  }
}

/** Nothing may go around the lossy way: each frame comes over it in several packets. */
function judgeWay({ judged, options }: Pick<Bench, "judged" | "options">, way: LossyUdpProxy, log: FrameLog): void {
  const { forwarded, lost } = way.toPublisher;
  const value = `${forwarded + lost} packets for ${log.count} frames, ${lost} lost; ${way.toServer.lost} lost the other way`;
  const one = { variant: "lossy", what: "what is lost", criteria: [{ name: "way", ok: forwarded > 2 * log.count && lost > 0, value }] };
  judged.push(one);
  for (const line of linesOf(one)) options.say(line);
}

const LIVEKIT_WAYS = [
  { variant: "clean", way: CLEAN, conditions: null },
  { variant: "lossy", way: LOSSY, conditions: LIVEKIT_CONDITIONS },
] as const;

/** A livekit-server and a server of its own for each way (a livekit-server leads all of its media over the same one); both record at the same time. */
async function judgeLivekit(bench: Omit<Bench, "browser">, form: Form): Promise<void> {
  const { options, random } = bench;
  const film = await makeAnsweringFilm(FULL_FILM);
  const plans = LIVEKIT_WAYS.map(({ variant }) => planCaptures({ ...form, random, captures: form.captures[variant] }));
  options.say(
    `Recording ${form.recordingMs / 1000} s of 1080p60 through LiveKit, clean and losing 3 % each way between SFU and recorder with 20 ms there and back…`,
  );
  const recorded = new Set<string>();
  const { promise: allRecorded, resolve } = Promise.withResolvers<void>();
  const judging: Promise<void>[] = [allRecorded];
  const work = LIVEKIT_WAYS.map(async ({ variant, way, conditions }, index) => {
    const livekit = await LivekitServer.start(conditions === null ? {} : { way: { ...conditions, seed: options.seed } });
    try {
      const env = { LIVEKIT_URL: livekit.url, LIVEKIT_API_KEY: livekit.apiKey, LIVEKIT_API_SECRET: livekit.apiSecret };
      await withServer(bench, env, async (withBrowser, server) => {
        const api = await Api.signIn(server.url, "alice");
        const recording = { api, userId: "alice", roomName: "lobby", publish: byLivekit(livekit, film) };
        const made = await recordPlan(recording, plans[index] ?? [], form.recordingMs);
        if (livekit.way) judgeWay(bench, livekit.way, made.log);
        recorded.add(variant);
        if (recorded.size === LIVEKIT_WAYS.length) resolve();
        // One after the other, and none while the other is recorded: judging takes all of the machine.
        const before = judging.at(-1);
        const judged = Promise.resolve(before).then(() => judgeRecording(withBrowser, api, variant, way, made));
        judging.push(judged);
        await judged;
      });
    } finally {
      resolve();
      await livekit.close();
    }
  });
  await Promise.all(work);
}

/** A server and a browser for some work, in a folder that is gone afterwards. */
async function withServer(
  bench: Omit<Bench, "browser">,
  env: Readonly<Record<string, string>>,
  work: (bench: Bench, server: ServerProcess) => Promise<void>,
): Promise<void> {
  const { options, folder } = bench;
  const root = await mkdtemp(join(folder, "server-"));
  const server = await ServerProcess.start({ folder: root, env: { DEFAULT_QUOTA_BYTES: "500 GB", MIN_FREE_BYTES: "100 MB", ...env } });
  try {
    const browser = await options.openPage(`${server.url}/healthz`);
    try {
      await PagePlayer.prepare(browser.page, options.hlsPath);
      await work({ ...bench, browser }, server);
    } finally {
      await browser.close();
    }
  } catch (error) {
    for (const line of server.log) options.say(`server: ${line}`);
    throw error;
  } finally {
    await server.close();
    await rm(root, { recursive: true, force: true });
  }
}

/** Runs everything; gives the exit code: 1 on any miss. */
export async function runExactness(options: ExactnessOptions): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "exactness-"));
  const form = options.short ? SHORT : FULL;
  options.say(`Seed ${options.seed}.`);
  const judged: Judged[] = [];
  const bench = { options, folder, film: await loadFilm(FULL_FILM), random: seededRandom(options.seed), judged };
  try {
    if (options.livekit) await judgeLivekit(bench, form);
    else await withServer(bench, {}, (whole, server) => judgeWhip(whole, server, form));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await mkdir(join(options.reportPath, ".."), { recursive: true });
  await writeFile(options.reportPath, `${JSON.stringify({ seed: options.seed, short: options.short, clips: judged }, null, 2)}\n`);
  options.say(summaryOf(judged));
  return judged.length > 0 && judged.every(passes) ? 0 : 1;
}
