/**
 * The MP4 of a clip that LiveKit egress recorded: FFmpeg copies the transport segments of each run into an MP4, without encoding anything,
 * and these become one file that begins at the exact frame. It is planned from the folder of pins alone, as the MP4s of our own segments are.
 */
import { type Micros, micros, ReplayError, type WallMs } from "@livekit-replay/contract";
import {
  describeTransport,
  holdBetween,
  type JoinedPlan,
  MediaFormatError,
  planJoined,
  type Playlist,
  type PlaylistSegment,
  readMovieFile,
  readPlaylist,
  type RemuxedStretch,
  type TransportDescription,
  verifyJoined,
} from "@livekit-replay/media";
import type { Ffmpeg } from "../platform/ffmpeg.js";
import type { WrittenMp4 } from "../store/finalise.js";
import { parseBufferFile } from "../store/names.js";
import type { Store } from "../store/open.js";
import type { PinAddress, Pins } from "../store/pin.js";
import { type BufferedSegment } from "../store/segment-file.js";
import { transportEntry } from "../store/transport-file.js";

/** What a concatenation works with. */
export interface ConcatOptions {
  readonly ffmpeg: Ffmpeg | null;
  readonly store: Pick<Store, "pins" | "clips">;
  readonly clip: PinAddress;
  readonly signal: AbortSignal;
}

/** What was written. */
export interface Concatenated {
  readonly written: WrittenMp4;
  readonly duration: Micros;
  /** Where the clip begins when its exact frame could not be told: at its first segment. Null: it begins as it was planned. */
  readonly startsAt: WallMs | null;
}

/** Copying ten minutes takes seconds; a disk that is busy takes its time. */
const limitMs = 10 * 60_000;

/** A pinned segment. */
interface Piece {
  readonly description: TransportDescription;
  readonly info: BufferedSegment;
  readonly listed: PlaylistSegment;
}

async function readPiece(pins: Pins, clip: PinAddress, listed: PlaylistSegment): Promise<Piece> {
  const { path: file, startWall } = listed;
  const name = parseBufferFile(file);
  if (name.kind !== "segment" || startWall === null)
    throw new MediaFormatError("foreign", "the clip's playlist names no segment of egress");
  const description = describeTransport(await pins.readFile(clip, file));
  const { run, number } = name;
  return { description, listed, info: transportEntry(description, { file, run, number, runReason: "start", startWall, duration: null }) };
}

/** Splits at the playlist's joints. */
function stretchesOf(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const stretches: Piece[][] = [];
  for (const piece of pieces) {
    const last = stretches.at(-1);
    if (last && !piece.listed.discontinuity) last.push(piece);
    else stretches.push([piece]);
  }
  return stretches;
}

/** FFmpeg's arguments: names are relative to the pins, which have no name that means something to it. */
const copyArguments = (files: readonly string[], target: string): string[] => [
  ...["-y", "-f", "mpegts", "-i", `concat:${files.join("|")}`],
  ...["-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", "-bsf:a", "aac_adtstoasc"],
  ...["-video_track_timescale", "90000", "-f", "mp4", target],
];

/** One concatenation. */
class Concatenation {
  readonly #options: ConcatOptions & { readonly ffmpeg: Ffmpeg };

  constructor(options: ConcatOptions & { readonly ffmpeg: Ffmpeg }) {
    this.#options = options;
  }

  async plan(): Promise<{ readonly plan: JoinedPlan<string>; readonly first: BufferedSegment }> {
    const { store, clip } = this.#options;
    const list = await store.pins.list(clip);
    if (list === null) throw new ReplayError("clip_not_found");
    const playlist = readPlaylist(list.playlist);
    const pieces: Piece[] = [];
    for (const listed of playlist.segments) pieces.push(await readPiece(store.pins, clip, listed));
    const [first] = pieces;
    if (!first) throw new ReplayError("clip_not_found");
    const groups = stretchesOf(pieces);
    const stretches: RemuxedStretch<string>[] = [];
    for (const [i, group] of groups.entries()) stretches.push(await this.#remux(group, groups[i + 1]?.[0], i));
    return { plan: planJoined(stretches, firstFrame(first.description, playlist)), first: first.info };
  }

  async #remux(group: readonly Piece[], next: Piece | undefined, index: number): Promise<RemuxedStretch<string>> {
    const { ffmpeg, store, clip, signal } = this.#options;
    const { folder, name } = store.pins.scratch(clip, index);
    await ffmpeg.run({
      args: copyArguments(
        group.map(({ info }) => info.file),
        name,
      ),
      cwd: folder,
      limitMs,
      signal,
    });
    const { tracks, boxes } = await store.pins.inspect(clip, name, readMovieFile);
    const mdat = boxes.find(({ type }) => type === "mdat");
    if (!mdat) throw new MediaFormatError("mismatch", "FFmpeg wrote an MP4 without samples");
    return {
      ref: name,
      movie: tracks,
      payload: { start: mdat.body, end: mdat.end },
      segments: group.map(({ description }) => description),
      hold: holdBetween(group.at(-1)?.info, next?.info),
    };
  }
}

/** A playlist points a little into the clip's first frame (players round); the MP4 starts exactly at it. */
function firstFrame({ pts, startPts, lead }: TransportDescription, { start }: Playlist): Micros {
  return micros(pts.findLast((time) => time <= startPts + (start ?? 0) - lead) ?? startPts);
}

/**
 * Writes the MP4 of a clip of egress's segments, verified: each frame of the segments once, the first one shown at the start, picture and sound together.
 * @throws ReplayError `concatenation_failed` (FFmpeg failed or is not installed, or what it made is not what the segments hold), `clip_not_found`, `disk_full`; the signal's reason.
 */
export async function writeConcat(options: ConcatOptions): Promise<Concatenated> {
  const { ffmpeg, store, clip, signal } = options;
  if (ffmpeg === null)
    throw new ReplayError("concatenation_failed", { detail: "FFmpeg concatenation failed: FFmpeg is not installed on the server" });
  try {
    const { plan, first } = await new Concatenation({ ...options, ffmpeg }).plan();
    const { expected, exact } = plan;
    const written = await store.clips.writeMp4({
      clip,
      plan,
      signal,
      verify: (read, sizeBytes) => verifyJoined(read, sizeBytes, expected),
    });
    return { written, duration: expected.duration, startsAt: exact ? null : first.startWall };
  } catch (error) {
    throw error instanceof MediaFormatError ? new ReplayError("concatenation_failed", { cause: error }) : error;
  } finally {
    await store.pins.removeScratch(clip);
  }
}
