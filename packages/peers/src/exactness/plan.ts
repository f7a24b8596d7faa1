/** What is captured when: random by a seed, so that a miss can be repeated. */
import { type Millis, millis } from "@livekit-replay/contract";
import { between, type Random } from "../random/seeded.js";

/** One capture to be made. */
export interface PlannedCapture {
  /** `press`: the last so many minutes or seconds; `range`: from and to in wall time, in the past. */
  readonly kind: "minutes" | "seconds" | "range";
  readonly length: Millis;
  /** When the request is sent, counted from the first frame. */
  readonly at: Millis;
  /** How long before the request its end lies: a press that travelled slowly, or a range that ends in the past. */
  readonly back: Millis;
  /** Whether the answer is asked to wait for the MP4. */
  readonly wait: boolean;
}

/** How long is recorded and how much is captured. */
export interface PlanOptions {
  readonly random: Random;
  readonly captures: number;
  readonly recordingMs: Millis;
  /** Whole minutes that may be asked for. */
  readonly minutes: readonly number[];
  /** The longest other length. */
  readonly maxSeconds: number;
}

const KINDS = ["minutes", "seconds", "range", "seconds"] as const;
/** What is asked for must have been recorded for so long. */
const HEAD_START_MS = 4000;

/** The captures in order of time; every kind comes, the last one as late as can be. */
export function planCaptures({ random, captures, recordingMs, minutes, maxSeconds }: PlanOptions): PlannedCapture[] {
  const planned: PlannedCapture[] = [];
  for (let index = 0; index < captures; index += 1) {
    const kind = KINDS[index % KINDS.length] ?? "seconds";
    const back = kind === "range" ? between(random, 1000, 8000) : index % 2 === 0 ? 0 : between(random, 0, 3000);
    const longest = recordingMs - HEAD_START_MS - back;
    const fitting = minutes.filter((minute) => minute * 60_000 <= longest);
    const minute = fitting[Math.floor(random() * fitting.length)];
    const seconds = Math.round(between(random, 1, Math.min(maxSeconds, longest / 1000)) * 1000);
    const length = kind === "minutes" && minute !== undefined ? minute * 60_000 : seconds;
    const at = between(random, length + HEAD_START_MS + back, recordingMs);
    planned.push({ kind, length: millis(length), at: millis(at), back: millis(back), wait: index % 3 === 2 });
  }
  return planned.toSorted((a, b) => a.at - b.at);
}
