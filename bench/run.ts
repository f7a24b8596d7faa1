/**
 * `npm run bench -- capture finalise recordings livekit press page strip library`: measures the real built server and its page and holds them to their budgets; all of them when none is named.
 * Options: `--minutes 10` in the buffer, `--recordings 16`, `--seconds 20` for each step, `--presses 10`, `--report test-results/bench.json`.
 * Recording is in real time, so `capture` and `finalise` take a little longer than their minutes. Run it on a machine that does nothing else.
 */
import { parseArgs } from "node:util";
import { BENCHES, runBenches } from "@livekit-replay/peers";
import { benchLibrary } from "./library.ts";
import { benchPage } from "./page.ts";
import { benchPress } from "./press.ts";
import { benchStrip } from "./strip.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: "string", default: "10" },
    recordings: { type: "string", default: "16" },
    seconds: { type: "string", default: "20" },
    presses: { type: "string", default: "10" },
    report: { type: "string", default: "test-results/bench.json" },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Benches in a browser. */
const OF_PAGE = {
  press: () => benchPress({ presses: Number(values.presses), say }),
  page: () => benchPage({ say }),
  strip: () => benchStrip({ say }),
  library: () => benchLibrary({ say }),
};

const isNamed = (name: string): boolean => positionals.length === 0 || positionals.includes(name);
const known = [...BENCHES, ...Object.keys(OF_PAGE)];
const unknown = positionals.filter((word) => !known.includes(word));

if (unknown.length > 0) {
  process.stderr.write(`There is no bench ${unknown.join(", ")}; there are ${known.join(", ")}.\n`);
  process.exitCode = 2;
} else {
  const code = await runBenches({
    names: BENCHES.filter(isNamed),
    more: Object.entries(OF_PAGE).flatMap(([name, bench]) => (isNamed(name) ? [bench] : [])),
    minutes: Number(values.minutes),
    recordings: Number(values.recordings),
    seconds: Number(values.seconds),
    reportPath: values.report,
    say,
  });
  // A WebRTC stack that was loaded into this process would keep it alive.
  process.exit(code);
}
