/** The segments of one run of egress in a session's folder become entries of the index. */
import { MediaFormatError, type RunReason, type SegmentDescription } from "@livekit-replay/media";
import { wallMs, type WallMs } from "@livekit-replay/contract";
import { eachOf, hasCode } from "./files.js";
import { transportName } from "./names.js";
import type { BufferedSegment } from "./segment-file.js";
import { type EgressListing, egressRunReason, readEgressListing, readTransport, transportEntry } from "./transport-file.js";

/** What a run's files are. */
export interface TransportRun {
  /** By number. */
  readonly segments: readonly BufferedSegment[];
  readonly failures: readonly { readonly file: string; readonly error: unknown }[];
}

/** Files of egress are read whole: few at a time. */
const WIDTH = 2;

/** The wall time of a segment that no playlist names (any more), from the nearest one whose time is known: media time goes on through a run. */
function derivedWall(startPts: number, number: number, known: readonly BufferedSegment[]): WallMs | null {
  const nearest = known.reduce<BufferedSegment | null>(
    (best, entry) => (best === null || Math.abs(entry.number - number) < Math.abs(best.number - number) ? entry : best),
    null,
  );
  return nearest === null ? null : wallMs(nearest.startWall + (startPts - nearest.startPts) / 1000);
}

/** A run that is being read. */
interface ReadingRun {
  readonly folder: string;
  readonly run: number;
  readonly listing: EgressListing;
  readonly runReason: RunReason;
}

class RunReader {
  readonly entries: BufferedSegment[];
  readonly failures: { readonly file: string; readonly error: unknown }[] = [];
  private readonly reading: ReadingRun;

  constructor(reading: ReadingRun, known: readonly BufferedSegment[]) {
    this.reading = reading;
    this.entries = [...known];
  }

  async listed(number: number): Promise<void> {
    const place = this.reading.listing.segments.get(number);
    if (place) await this.attempt(number, () => place.startWall, place.duration);
  }

  /** Only between others: the newest file may still be on its way when no playlist names it. */
  async unlisted(number: number): Promise<void> {
    const newest = Math.max(...this.reading.listing.segments.keys(), ...this.entries.map((entry) => entry.number));
    if (number > newest) {
      this.failures.push({
        file: transportName(this.reading.run, number),
        error: new MediaFormatError("truncated", "egress does not list it yet"),
      });
      return;
    }
    await this.attempt(number, (startPts) => derivedWall(startPts, number, this.entries), null);
  }

  private async attempt(
    number: number,
    wall: (startPts: number) => WallMs | null,
    duration: Parameters<typeof transportEntry>[1]["duration"],
  ): Promise<void> {
    const { folder, run, runReason } = this.reading;
    const file = transportName(run, number);
    try {
      const description = await readTransport(folder, file);
      const startWall = wall(description.startPts);
      if (startWall === null) throw new MediaFormatError("foreign", "no playlist of egress says when the segment begins");
      this.entries.push(transportEntry(description, { file, run, number, runReason, startWall, duration }));
    } catch (error) {
      if (!hasCode(error, "ENOENT")) this.failures.push({ file, error });
    }
  }
}

/**
 * Reads the segments of a run.
 * @param numbers of the files that are there
 * @param known entries that need not be read again
 * @throws errors of the file system on the playlists; those on a segment are answered.
 */
export async function readTransportRun(
  folder: string,
  run: number,
  numbers: readonly number[],
  known: readonly BufferedSegment[],
): Promise<TransportRun> {
  const listing = await readEgressListing(folder, run);
  const reader = new RunReader({ folder, run, listing, runReason: await egressRunReason(folder, run) }, known);
  const listed = numbers.filter((number) => listing.segments.has(number));
  const unlisted = numbers.filter((number) => !listing.segments.has(number));
  await eachOf(listed, WIDTH, (number) => reader.listed(number));
  await eachOf(unlisted, WIDTH, (number) => reader.unlisted(number));
  return { segments: reader.entries, failures: reader.failures };
}

/** Playlists are empty for a moment while egress writes them. */
const TRIES = 5;
const PAUSE_MS = 200;

/**
 * The entry of one segment that egress has closed.
 * @param known entries of the same run
 * @throws MediaFormatError when it is not whole, or nothing says when it begins; errors of the file system pass through.
 */
export async function readTransportEntry(
  folder: string,
  run: number,
  number: number,
  known: readonly BufferedSegment[],
): Promise<BufferedSegment> {
  const description = await readTransport(folder, transportName(run, number));
  const runReason = known[0]?.runReason ?? (await egressRunReason(folder, run));
  const file = transportName(run, number);
  for (let tries = 1; ; tries += 1) {
    const listed = (await readEgressListing(folder, run)).segments.get(number);
    const startWall = listed?.startWall ?? derivedWall(description.startPts, number, known);
    if (startWall !== null)
      return transportEntry(description, { file, run, number, runReason, startWall, duration: listed?.duration ?? null });
    if (tries === TRIES) throw new MediaFormatError("foreign", "no playlist of egress says when the segment begins");
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** How a segment is encoded, as a clip's row keeps it. */
export interface Encoding {
  readonly video: { readonly codec: string; readonly width: number; readonly height: number };
  readonly audio: { readonly codec: string } | null;
}

/** Frames of a segment of egress, in the order in which they are shown. Its samples lie all over the file: sizes and places are not in it. Throws as `readTransport`. */
export async function describeTransportFile(folder: string, info: BufferedSegment): Promise<SegmentDescription> {
  const { pts } = await readTransport(folder, info.file);
  const ends = Array.from(pts, (time, i) => (pts[i + 1] ?? info.endPts) - time);
  const video = {
    count: pts.length,
    pts,
    ticks: Uint32Array.from(ends),
    size: new Uint32Array(pts.length),
    offset: new Uint32Array(pts.length),
    key: Uint8Array.from(ends, (_, i) => (i === 0 ? 1 : 0)),
  };
  return { info, video, audio: null };
}

/** A difference up to this is rounding of egress's frame times, not a hole. µs. */
const SLACK = 50_000;

/**
 * The end of a segment of egress is an estimate (its last frame's length is not written): where the next one of the run begins a little before or after it, it ends there.
 * @param segments in order
 */
export function withEnds(segments: readonly BufferedSegment[]): readonly BufferedSegment[] {
  return segments.map((segment, i) => {
    const next = segments[i + 1];
    if (segment.transport === undefined || next?.run !== segment.run || next.number !== segment.number + 1) return segment;
    const difference = next.startPts - segment.endPts;
    if (difference === 0 || Math.abs(difference) > SLACK) return segment;
    return { ...segment, endPts: next.startPts, endWall: wallMs(segment.endWall + difference / 1000) };
  });
}
