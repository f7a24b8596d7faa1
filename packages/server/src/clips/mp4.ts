/** A clip's pins, read back from their folder alone, become the plan of its MP4. */
import { type Micros, micros, ReplayError } from "@livekit-replay/contract";
import {
  cutSegment,
  describeSegment,
  type FlatPlan,
  type FlatSegment,
  type FlatStretch,
  holdBetween,
  planFlat,
  type Playlist,
  type PlaylistSegment,
  readPlaylist,
  type SegmentInfo,
} from "@livekit-replay/media";
import { PINNED_TAIL } from "../store/names.js";
import type { PinAddress, PinList, Pins } from "../store/pin.js";

/** A segment of a clip; `bytes` where it is in memory only: the late segment that was cut where the tail ends. */
export interface Piece extends FlatSegment<string> {
  readonly info: SegmentInfo;
  readonly bytes?: Uint8Array;
}

/** What a pinned clip is made of. `ref` of a segment is a file's name among the pins. */
export interface ClipMaterial {
  readonly stretches: readonly (FlatStretch<string> & { readonly segments: readonly Piece[] })[];
  /** The first frame shown. */
  readonly startPts: Micros;
}

/**
 * Plans the MP4 of a pinned clip; `ref` of its parts is a file's name among the pins.
 * @throws ReplayError `clip_not_found` when the pins are gone; MediaFormatError when they are not whole; MixedCodecsError.
 */
export const planMp4 = async (pins: Pins, clip: PinAddress): Promise<FlatPlan<string>> => planMaterial(await readMaterial(pins, clip));

/** The plan of what was read before. Throws as `planFlat`. */
export function planMaterial({ stretches, startPts }: ClipMaterial): FlatPlan<string> {
  const plan = planFlat(stretches, startPts);
  const pieces = stretches.flatMap(({ segments }) => segments);
  return { ...plan, parts: plan.parts.map((part) => inMemory(part, pieces)) };
}

/**
 * Reads what a clip is made of from its pins; what closed behind the tail stands in its place.
 * @throws ReplayError `clip_not_found` when the pins are gone; MediaFormatError when they are not whole.
 */
export async function readMaterial(pins: Pins, clip: PinAddress): Promise<ClipMaterial> {
  const list = await pins.list(clip);
  if (list === null) throw new ReplayError("clip_not_found");
  const playlist = readPlaylist(list.playlist);
  const pieces: Piece[] = [];
  for (const { path } of playlist.segments) pieces.push(await readPiece(pins, clip, path));
  const late = await lateOf(pins, clip, list, playlist, pieces.at(-1));
  if (late.length > 0) pieces.splice(-1, 1, ...late);
  const joints = new Set(playlist.segments.flatMap(({ discontinuity }, i) => (discontinuity || i === 0 ? [i] : [])));
  const stretches = await Promise.all(
    [...joints].map(async (start, i, all): Promise<ClipMaterial["stretches"][number]> => {
      const end = all[i + 1] ?? pieces.length;
      return {
        init: await pins.readFile(clip, mapOf(playlist.segments[start])),
        segments: pieces.slice(start, end),
        hold: holdBetween(pieces[end - 1]?.info, pieces[end]?.info),
      };
    }),
  );
  return { stretches, startPts: firstFrame(pieces[0], playlist.start ?? micros(0)) };
}

/** The first piece of a pinned clip, and the first frame shown; null when the pins are gone. */
export async function readStart(pins: Pins, clip: PinAddress): Promise<{ readonly piece: Piece; readonly startPts: Micros } | null> {
  const list = await pins.list(clip);
  const playlist = list && readPlaylist(list.playlist);
  const [first] = playlist?.segments ?? [];
  if (!playlist || !first) return null;
  const piece = await readPiece(pins, clip, first.path);
  return { piece, startPts: firstFrame(piece, playlist.start ?? micros(0)) };
}

/** A playlist points a little into the clip's first frame (players round); the MP4 starts exactly at it. */
function firstFrame(piece: Piece | undefined, start: Micros): Micros {
  if (!piece) throw new ReplayError("clip_not_found");
  const { info, video } = describeSegment(piece.head, piece.sizeBytes);
  return micros(video.pts.findLast((pts) => pts <= info.startPts + start) ?? info.startPts);
}

function mapOf(segment: PlaylistSegment | undefined): string {
  if (!segment || segment.map === null) throw new ReplayError("clip_not_found");
  return segment.map;
}

async function readPiece(pins: Pins, clip: PinAddress, file: string): Promise<Piece> {
  const { head, sizeBytes } = await pins.readHead(clip, file);
  return { ref: file, head, sizeBytes, info: describeSegment(head, sizeBytes).info };
}

/** The segments that closed after the answer, when they go on from where the tail begins and reach its end: they have every frame of it, and maybe more. Else none. */
async function lateOf(pins: Pins, clip: PinAddress, list: PinList, { segments }: Playlist, tail: Piece | undefined): Promise<Piece[]> {
  if (!tail || tail.ref !== PINNED_TAIL) return [];
  const listed = new Set(segments.map(({ path }) => path));
  const files = list.segments.filter(({ run, file }) => run === tail.info.run && !listed.has(file)).sort((a, b) => a.number - b.number);
  const pieces: Piece[] = [];
  for (const { file } of files) pieces.push(await readPiece(pins, clip, file));
  const first = pieces[0];
  if (
    !first ||
    first.info.startPts !== tail.info.startPts ||
    pieces.some(({ info }, i) => info.startPts !== (pieces[i - 1]?.info.endPts ?? info.startPts))
  )
    return [];
  const used = pieces.filter(({ info }) => info.startPts < tail.info.endPts);
  const last = used.at(-1);
  if (!last) return [];
  const end = tail.info.endPts;
  const bytes = cutSegment(await pins.readFile(clip, last.ref), { endPts: end, holdUntilPts: end });
  const cut: Piece = { ref: last.ref, head: bytes, sizeBytes: bytes.length, bytes, info: describeSegment(bytes).info };
  const result = [...used.slice(0, -1), cut];
  return framesOf(result) < tail.info.frames ? [] : result;
}

const framesOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, { info }) => sum + info.frames, 0);

function inMemory(part: FlatPlan<string>["parts"][number], pieces: readonly Piece[]): FlatPlan<string>["parts"][number] {
  const piece = part.kind === "copy" ? pieces.find(({ ref, bytes }) => ref === part.ref && bytes !== undefined) : undefined;
  if (part.kind !== "copy" || !piece?.bytes) return part;
  return { kind: "bytes", bytes: piece.bytes.subarray(part.offset, part.offset + part.length) };
}
