/**
 * `npm run demo-share`: publishes the demo film over WHIP as Alice, in a loop, and prints her token, her session and lines to paste.
 * Options: `--url http://localhost:3000`, `--room lobby`.
 */
import { parseArgs } from "node:util";
import { shareDemo } from "@livekit-replay/peers";

const { values } = parseArgs({
  options: {
    url: { type: "string", default: "http://localhost:3000" },
    room: { type: "string", default: "lobby" },
  },
});

const stop = new AbortController();
/** A second signal sooner than this is the same one: the terminal sends it, and npm passes it on as well. */
const SAME_SIGNAL_MS = 1000;
let askedAtMs: number | null = null;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // A later one does not wait for the server's answer.
    if (askedAtMs !== null && performance.now() - askedAtMs > SAME_SIGNAL_MS) process.exit(1);
    askedAtMs ??= performance.now();
    stop.abort();
  });
}

await shareDemo({
  url: values.url.replace(/\/+$/, ""),
  roomName: values.room,
  say: (line) => process.stdout.write(`${line}\n`),
  signal: stop.signal,
});
// The library holds the process for ever when the server went away at the same moment.
process.exit();
