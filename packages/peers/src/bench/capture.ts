/** `npm run bench -- capture`: how long a press takes while the recording goes on, and what is copied before the answer. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Millis } from "@livekit-replay/contract";
import type { Film } from "../film/model.js";
import { preciseNow } from "../publish/time.js";
import type { ServerProcess } from "../server/start.js";
import { type BenchResult, median } from "./report.js";
import { type RecordedSession, recordFor } from "./session.js";

/** Options of `benchCapture`. */
export interface CaptureBenchOptions {
  readonly server: ServerProcess;
  /** The server's storage root. */
  readonly folder: string;
  readonly film: Film;
  /** How much is in the buffer and is captured. */
  readonly lengthMs: Millis;
  readonly say: (line: string) => void;
}

const PRESSES = 15;
/** A press that is dated so far back waits for nothing that is in flight: what is left is the server's own time. */
const BACK_MS = 400;
const BUDGET_MS = 50;
/** The quarter of a second that a live press waits for what is in flight. */
const IN_FLIGHT_MS = 250;

interface Pins {
  readonly linkedBytes: number;
  readonly copiedBytes: number;
  readonly tailBytes: number;
}

/** What is in the newest pin folder: files with another name elsewhere are links, the rest was written for this clip. */
async function newestPins(folder: string): Promise<Pins> {
  const clips = join(folder, "replays", "alice");
  const names = (await readdir(clips)).filter((name) => name.endsWith(".pins")).toSorted();
  const pins = join(clips, names.at(-1) ?? "");
  let [linkedBytes, copiedBytes, tailBytes] = [0, 0, 0];
  for (const name of await readdir(pins)) {
    const { nlink, size } = await stat(join(pins, name));
    if (name.startsWith("tail")) tailBytes += size;
    else if (nlink > 1) linkedBytes += size;
    else copiedBytes += size;
  }
  return { linkedBytes, copiedBytes, tailBytes };
}

async function press({ api, sessionId }: RecordedSession, lengthMs: number, backMs: number): Promise<number> {
  const begin = performance.now();
  const clip = await api.capture({ sessionId, durationSeconds: lengthMs / 1000, endAtMs: preciseNow() - backMs });
  const took = performance.now() - begin;
  // The MP4 of one is made before the next press: this measures presses, not how they queue.
  await api.readyClip(clip.id, 60_000);
  return took;
}

/** Measures presses of the whole buffer. */
export async function benchCapture({ server, folder, film, lengthMs, say }: CaptureBenchOptions): Promise<BenchResult> {
  const session = await recordFor(server, film, lengthMs, say);
  try {
    const back: number[] = [];
    const live: number[] = [];
    let pins: Pins | null = null;
    for (let index = 0; index < PRESSES; index += 1) {
      back.push(await press(session, lengthMs, BACK_MS));
      live.push((await press(session, lengthMs, 0)) - IN_FLIGHT_MS);
      pins ??= await newestPins(folder);
    }
    const { linkedBytes, copiedBytes, tailBytes } = pins ?? { linkedBytes: 0, copiedBytes: Number.NaN, tailBytes: 0 };
    return {
      bench: `capture of ${Math.round(lengthMs / 1000)} s, while it records`,
      measures: [
        { name: "request to answer, nothing in flight, median", value: median(back), unit: "ms", budget: BUDGET_MS },
        { name: "request to answer, nothing in flight, worst", value: Math.max(...back), unit: "ms", budget: null },
        { name: "press of this instant, less the 250 ms in flight, median", value: median(live), unit: "ms", budget: null },
        { name: "linked, not copied", value: linkedBytes / 1e6, unit: "MB", budget: null },
        { name: "written for the clip: tail", value: tailBytes / 1e6, unit: "MB", budget: null },
        { name: "written for the clip: anything else (playlist)", value: copiedBytes / 1e6, unit: "MB", budget: 0.1 },
      ],
      details: { back, live },
    };
  } finally {
    await session.publisher.close();
  }
}
