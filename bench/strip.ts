/** `npm run bench -- strip`: a room is watched while somebody shares; no task of the page may be long. */
import { type BenchResult, shareDemo } from "@livekit-replay/peers";
import type { Browser, Page } from "@playwright/test";
import { z } from "zod";
import { enter, withPlace } from "./browser.ts";

/** A task that is longer is felt. */
const LONG_MS = 50;

/** What Chromium traces of a thread's tasks (the Trace Event Format): microseconds, `dur` by the clock and `tdur` of the processor. */
const traceSchema = z.object({
  traceEvents: z.array(
    z.object({
      name: z.string(),
      pid: z.number(),
      tid: z.number(),
      ph: z.string(),
      dur: z.number().optional(),
      tdur: z.number().optional(),
      args: z.object({ name: z.unknown().optional() }).optional(),
    }),
  ),
});

/** Tasks of a page, in ms. */
interface Tasks {
  /** What the processor worked on each: a machine that does other things as well does not change it. */
  readonly processor: readonly number[];
  readonly clock: readonly number[];
}

/** The main thread with the most tasks is the page's: others belong to the browser's own pages. */
const tasksOf = (trace: Buffer): Tasks => {
  const { traceEvents } = traceSchema.parse(JSON.parse(trace.toString()));
  const threads = traceEvents.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain");
  const [tasks = []] = threads
    .map(({ pid, tid }) =>
      traceEvents.filter((one) => one.pid === pid && one.tid === tid && one.ph === "X" && one.name === "ThreadControllerImpl::RunTask"),
    )
    .toSorted((a, b) => b.length - a.length);
  return { processor: tasks.map(({ tdur = 0 }) => tdur / 1000), clock: tasks.map(({ dur = 0 }) => dur / 1000) };
};

/** A minute by the strip itself. */
const watchMinute = async (browser: Browser, page: Page): Promise<Tasks> => {
  const shows = (pattern: RegExp): Promise<void> => page.getByRole("img", { name: pattern }).first().waitFor({ timeout: 120_000 });
  await shows(/^Buffer: 0:0[5-9]/);
  await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline"] });
  await shows(/^Buffer: 1:0[5-9]/);
  return tasksOf(await browser.stopTracing());
};

/** Measures a minute. */
export const benchStrip = async ({ say }: { readonly say: (line: string) => void }): Promise<BenchResult> =>
  withPlace(async ({ server, browser }) => {
    const ending = new AbortController();
    const done = shareDemo({ url: server.url, roomName: "lobby", say: () => undefined, signal: ending.signal });
    try {
      const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
      const page = await context.newPage();
      await enter(page, server.url, "Bob");
      say("Watching the strip for a minute…");
      const details = await watchMinute(browser, page);
      const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
      return {
        bench: "the strip for a minute, while somebody shares",
        measures: [
          { name: "longest task, the processor's time", value: Math.max(...details.processor), unit: "ms", budget: LONG_MS },
          { name: "longest task, by the clock", value: Math.max(...details.clock), unit: "ms", budget: null },
          { name: "tasks over 50 ms, by the clock", value: details.clock.filter((ms) => ms > LONG_MS).length, unit: "", budget: null },
          { name: "all tasks, the processor's time", value: sum(details.processor), unit: "ms", budget: null },
        ],
        details,
      };
    } finally {
      ending.abort();
      await done;
    }
  });
