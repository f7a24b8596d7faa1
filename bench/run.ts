/**
 * `npm run bench -- capture finalise recordings livekit`: measures the real built server and holds it to its budgets; all of them when none is named.
 * Options: `--minutes 10` in the buffer, `--recordings 16`, `--seconds 20` for each step, `--report test-results/bench.json`.
 * Recording is in real time, so `capture` and `finalise` take a little longer than their minutes. Run it on a machine that does nothing else.
 */
import { parseArgs } from "node:util";
import { BENCHES, runBenches } from "@livekit-replay/peers";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: "string", default: "10" },
    recordings: { type: "string", default: "16" },
    seconds: { type: "string", default: "20" },
    report: { type: "string", default: "test-results/bench.json" },
  },
});

const names = BENCHES.filter((name) => positionals.length === 0 || positionals.includes(name));
const unknown = positionals.filter((word) => !BENCHES.some((name) => name === word));

if (unknown.length > 0) {
  process.stderr.write(`There is no bench ${unknown.join(", ")}; there are ${BENCHES.join(", ")}.\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await runBenches({
    names,
    minutes: Number(values.minutes),
    recordings: Number(values.recordings),
    seconds: Number(values.seconds),
    reportPath: values.report,
    say: (line) => process.stdout.write(`${line}\n`),
  });
}
