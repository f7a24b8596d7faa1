/** What a recorder process writes to its standard error becomes lines of the server's log. */
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { RecorderLogger } from "./options.js";

/** pino's numbers. */
const WARN = 40;
const ERROR = 50;
const MAX_LINE = 4_000;
/** A process that fills the log says nothing new any more. */
const MAX_LINES_PER_SECOND = 50;

/** Forwards until the stream ends. Lines that are no JSON are what native code says before it dies. */
export function forwardOutput(output: Readable, recorderId: string, logger: RecorderLogger): void {
  let second = 0;
  let lines = 0;
  const reader = createInterface({ input: output, crlfDelay: Number.POSITIVE_INFINITY });
  reader.on("line", (line) => {
    const now = Math.floor(performance.now() / 1000);
    lines = now === second ? lines + 1 : 1;
    second = now;
    if (lines > MAX_LINES_PER_SECOND) return;
    const { level, message, fields } = parseLine(line.slice(0, MAX_LINE));
    const all = { recorderId, ...fields };
    if (level >= ERROR) logger.error(all, message);
    else if (level >= WARN) logger.warn(all, message);
    else logger.info(all, message);
  });
}

function parseLine(line: string): { level: number; message: string; fields: object } {
  try {
    const { level, msg, time: _time, hostname: _hostname, ...fields } = JSON.parse(line) as Record<string, unknown>;
    return { level: typeof level === "number" ? level : WARN, message: typeof msg === "string" ? msg : "a recorder process says", fields };
  } catch {
    return { level: WARN, message: "a recorder process wrote to its standard error", fields: { line } };
  }
}
