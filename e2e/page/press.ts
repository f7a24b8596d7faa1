/** A press in the page, measured by the page's own marks. */
import { clipSchema, type Clip } from "@livekit-replay/contract";
import type { Page, Response } from "@playwright/test";
import { measureMachine } from "./reference.ts";

/** Where the time of a press went, in ms. */
export interface PressSteps {
  /** From the press to its request. */
  readonly sent: number;
  /** From the press to its answer, read and checked. */
  readonly kept: number;
  /** What the server says of itself (`Server-Timing`). */
  readonly server: Readonly<Record<string, number>>;
  /** What of the clip's own files was asked for between the answer and the picture: each of them is a round trip that the picture may have waited for. */
  readonly requestsAfterAnswer: number;
}

/** What a press gave: ms from the press to the first painted frame, and the number that was on the screen at the press (-1: none in this page). */
export interface Press {
  readonly ms: number;
  readonly number: number;
  readonly steps: PressSteps;
}

declare global {
  interface Window {
    testPress?: Promise<Press>;
  }
}

/** Half of the values are smaller. NaN of none. */
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Presses a key and waits for the clip's first painted frame. */
export const pressAndSee = async (page: Page, key: string): Promise<Press> => {
  await page.evaluate(() => {
    performance.setResourceTimingBufferSize(100_000);
    let number = -1;
    const note = (): void => {
      number = window.testPictureNumber ?? -1;
    };
    const last = (name: string): number => performance.getEntriesByName(name).at(-1)?.startTime ?? Number.NaN;
    const steps = (): PressSteps => {
      const [press, kept] = [last("replay:press"), last("replay:kept")];
      const requests = performance
        .getEntriesByType("resource")
        .filter((one): one is PerformanceResourceTiming => one instanceof PerformanceResourceTiming && one.startTime >= press);
      const capture = requests.find(({ name }) => name.endsWith("/capture"));
      return {
        sent: (capture?.startTime ?? Number.NaN) - press,
        kept: kept - press,
        server: Object.fromEntries((capture?.serverTiming ?? []).map(({ name, duration }) => [name, duration])),
        requestsAfterAnswer: requests.filter(
          ({ name, startTime }) =>
            startTime >= kept && startTime < last("replay:painted") && /\/clips\/[^/]+\/(?:playlist|media|download|clip)/.test(name),
        ).length,
      };
    };
    window.addEventListener("keydown", note, { capture: true, once: true });
    window.testPress = new Promise((resolve) => {
      const observer = new PerformanceObserver((list) => {
        const mark = list.getEntriesByName("replay:painted").at(-1);
        const press = performance.getEntriesByName("replay:press").at(-1);
        if (mark === undefined || press === undefined) return;
        observer.disconnect();
        resolve({ ms: mark.startTime - press.startTime, number, steps: steps() });
      });
      observer.observe({ type: "mark" });
    });
  });
  await page.keyboard.press(key);
  const press = await page.evaluate(() => window.testPress);
  if (press === undefined) throw new Error("the page was left before the clip was painted");
  return press;
};

/** A press, and how long the same machine took a moment later for work of the same kinds. */
export interface Compared extends Press {
  readonly machineMs: number;
}

/** A press waits so long for the last picture that is still on its way, on any machine. */
const WAITED_MS = 250;

/** The client tries again by itself, so a refusal would be nothing but a slow press. */
const clipOf = async (answer: Response): Promise<Clip> => {
  if (!answer.ok()) throw new Error(`a press was answered with ${answer.status()}: ${await answer.text()}`);
  return clipSchema.parse(await answer.json());
};

/** What is looked at around each press. */
export interface Around {
  readonly before?: () => Promise<void>;
  readonly after: () => Promise<void>;
}

/** Presses a key so often and measures the machine after each press. */
export const pressAndCompare = async (page: Page, key: string, times: number, { before, after }: Around): Promise<Compared[]> => {
  const compared: Compared[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    const answer = page.waitForResponse((response) => response.url().endsWith("/capture"));
    await before?.();
    const press = await pressAndSee(page, key);
    await after();
    const { links } = await clipOf(await answer);
    compared.push({ ...press, machineMs: await measureMachine(page, links) });
  }
  return compared;
};

/**
 * What a press takes beyond its wait, as a multiple of what the machine takes for work of the same kinds; of both the median. A slow or busy machine makes both slow;
 * a wait, a round trip or work that was added makes only the press slow.
 */
export const effortOf = (presses: readonly Compared[]): number =>
  (median(presses.map(({ ms }) => ms)) - WAITED_MS) / median(presses.map(({ machineMs }) => machineMs));

/** One line for who reads the log. */
export const sentenceOf = (presses: readonly Compared[]): string => {
  const ms = (values: readonly number[]): string => `${Math.round(median(values))} ms`;
  const times = presses.map((press) => press.ms);
  return [
    `press to painted, ${presses.length} presses: median ${ms(times)}, worst ${Math.round(Math.max(...times))} ms`,
    `answered after ${ms(presses.map(({ steps }) => steps.kept))}, the machine ${ms(presses.map(({ machineMs }) => machineMs))}`,
    `effort ${effortOf(presses).toFixed(2)}`,
  ].join("; ");
};
