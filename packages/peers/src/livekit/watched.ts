/** What a participant with a `watchFolder` received, read back with FFmpeg. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type RtpTicks, rtpTicks } from "@livekit-replay/contract";
import { BARCODE_BLOCKS, BARCODE_HEIGHT, readBarcode } from "../film/barcode.js";
import { run } from "../process/run.js";

/** A frame that came out of the room. */
export interface WatchedFrame {
  readonly timestamp: RtpTicks;
  /** The barcode; null when it cannot be read. */
  readonly number: number | null;
}

const STRIP = `crop=iw:ih*${BARCODE_HEIGHT / 2}:0:ih*${BARCODE_HEIGHT / 4}:exact=1,scale=${BARCODE_BLOCKS}:1:flags=area,format=gray`;

/**
 * The timestamps of a track's frames as they came, once the participant has told that it is `watched`. Says nothing of what is in them.
 * @throws Error when nothing was received of it.
 */
export async function readTimestamps(folder: string, sid: string): Promise<RtpTicks[]> {
  const text = await readFile(join(folder, `${sid}.txt`), "utf8").catch((cause: unknown) => {
    throw new Error(`Nothing was received of track ${sid}`, { cause });
  });
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => rtpTicks(Number(line)));
}

/**
 * Decodes the picture of a track, once the participant has told that it is `watched`.
 * @throws Error when nothing was received of it, FFmpeg gives more or fewer frames than came, or complains about any.
 */
export async function readWatched(folder: string, sid: string): Promise<WatchedFrame[]> {
  const file = (await readdir(folder)).find((name) => name.startsWith(`${sid}.`) && !name.endsWith(".txt"));
  if (file === undefined) throw new Error(`Nothing was received of track ${sid}`);
  const timestamps = await readTimestamps(folder, sid);
  const strips: Buffer[] = [];
  const result = await run({
    command: "ffmpeg",
    args: [
      "-v",
      "error",
      "-i",
      join(folder, file),
      "-vf",
      STRIP,
      "-fps_mode",
      "passthrough",
      "-enc_time_base",
      "-1",
      "-f",
      "rawvideo",
      "pipe:1",
    ],
    onStdout: (chunk) => strips.push(chunk),
  });
  const bytes = Buffer.concat(strips);
  if (result.exitCode !== 0 || result.stderrTail.length > 0 || bytes.length !== timestamps.length * BARCODE_BLOCKS)
    throw new Error(`${timestamps.length} frames came, ${bytes.length / BARCODE_BLOCKS} were decoded: ${result.stderrTail.join("\n")}`);
  return timestamps.map((timestamp, index) => ({
    timestamp,
    number: readBarcode(bytes.subarray(index * BARCODE_BLOCKS, (index + 1) * BARCODE_BLOCKS))?.number ?? null,
  }));
}
