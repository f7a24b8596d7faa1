/** Which files of a session are forgotten with an instant, and what is told of them. */
import { ReplayError } from "@livekit-replay/contract";
import { hasCode } from "./files.js";
import { parseBufferFile, TMP } from "./names.js";
import type { BufferedSegment } from "./segment-file.js";
import { inOrder, type SessionFiles } from "./session-files.js";

/** What was forgotten. */
export interface ForgottenFiles {
  /** Segments that are gone, and their bytes. */
  readonly files: number;
  readonly bytes: number;
  /** Files that could not be removed (logged and counted): the session is not forgotten as long as there are any. */
  readonly failed: number;
  /** Wall time of what is gone; null when nothing was there. */
  readonly span: { readonly fromMs: number; readonly toMs: number } | null;
}

/** How files go. Both answer whether they are gone, and never throw. */
export interface Forgetter {
  readonly segment: (segment: BufferedSegment) => Promise<boolean>;
  readonly file: (file: string) => Promise<boolean>;
  /** Where a tail ends in wall time. */
  readonly endOfTail: (file: string) => Promise<number>;
  /** When a file was written last, in wall time: it shows nothing that is later. */
  readonly writtenAt: (file: string) => Promise<number>;
}

/** The first segment that shows something of what is to be forgotten, and all after it: what was recorded later is later, whatever the clock said. */
function doomedOf({ segments }: SessionFiles, fromMs: number | null): readonly BufferedSegment[] {
  const first = fromMs === null ? 0 : segments.findIndex(({ endWall }) => endWall > fromMs);
  return first < 0 ? [] : segments.slice(first);
}

/**
 * Segments that cannot be played hold pictures all the same: those behind the last one that stays, unless they were written before the instant.
 * @param last that stays; undefined: none does
 */
async function straysOf(
  { strays }: SessionFiles,
  last: BufferedSegment | undefined,
  fromMs: number | null,
  writtenAt: Forgetter["writtenAt"],
): Promise<readonly string[]> {
  const doomed: string[] = [];
  for (const { file } of strays) {
    const parsed = parseBufferFile(file);
    if (parsed.kind !== "segment" || (last !== undefined && inOrder(parsed, last) <= 0)) continue;
    if (fromMs === null || (await orNever(writtenAt(file))) > fromMs) doomed.push(file);
  }
  return doomed;
}

/** Of a file that is gone there is nothing to forget; of one that cannot be read, everything. */
const orNever = (instant: Promise<number>): Promise<number> =>
  instant.catch((error: unknown) => (hasCode(error, "ENOENT") ? -Infinity : Infinity));

async function tailsOf({ tails }: SessionFiles, fromMs: number | null, endOf: Forgetter["endOfTail"]): Promise<readonly string[]> {
  const doomed: string[] = [];
  for (const file of tails) {
    if (fromMs === null || (await orNever(endOf(file))) > fromMs) doomed.push(file);
  }
  return doomed;
}

/** Playlists are written at any time, and hold no picture. */
const isMedia = (tmp: string): boolean => parseBufferFile(tmp.slice(0, -TMP.length)).kind !== "playlist";

/** Removes what was recorded from an instant on; null: everything. */
export async function forgetFrom(files: SessionFiles, fromMs: number | null, forgetter: Forgetter): Promise<ForgottenFiles> {
  const doomed = doomedOf(files, fromMs);
  const others = [
    ...(await straysOf(files, files.segments[files.segments.length - doomed.length - 1], fromMs, forgetter.writtenAt)),
    ...(await tailsOf(files, fromMs, forgetter.endOfTail)),
    ...files.tmps.filter(isMedia),
  ];
  const gone: BufferedSegment[] = [];
  let failed = 0;
  for (const segment of doomed) {
    if (await forgetter.segment(segment)) gone.push(segment);
    else failed += 1;
  }
  for (const file of others) if (!(await forgetter.file(file))) failed += 1;
  const span = gone.reduce<ForgottenFiles["span"]>(
    (sum, { startWall, endWall }) => ({
      fromMs: Math.min(sum?.fromMs ?? startWall, startWall),
      toMs: Math.max(sum?.toMs ?? endWall, endWall),
    }),
    null,
  );
  return { files: gone.length, bytes: gone.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0), failed, span };
}

/** @throws ReplayError `internal` when something of it is still on the disk. */
export function assertForgotten({ failed }: ForgottenFiles): void {
  if (failed > 0) throw new ReplayError("internal", { detail: "A part of the recording could not be deleted: try again" });
}
