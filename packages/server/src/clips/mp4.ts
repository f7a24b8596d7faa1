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

/** A piece whose bytes are in memory: the late segments, cut where the tail ends. */
interface Piece extends FlatSegment<string> {
  readonly info: SegmentInfo;
  readonly bytes?: Uint8Array;
}

/**
 * Plans the MP4 of a pinned clip; `ref` of its parts is a file's name among the pins.
 * @throws ReplayError `clip_not_found` when the pins are gone; MediaFormatError when they are not whole.
 */
export async function planMp4(pins: Pins, clip: PinAddress): Promise<FlatPlan<string>> {
  const list = await pins.list(clip);
  if (list === null) throw new ReplayError("clip_not_found");
  const playlist = readPlaylist(list.playlist);
  const pieces: Piece[] = [];
  for (const { path } of playlist.segments) pieces.push(await readPiece(pins, clip, path));
  const late = await lateOf(pins, clip, list, playlist, pieces.at(-1));
  if (late.length > 0) pieces.splice(-1, 1, ...late);
  const joints = new Set(playlist.segments.flatMap(({ discontinuity }, i) => (discontinuity || i === 0 ? [i] : [])));
  const stretches = await Promise.all(
    [...joints].map(async (start, i, all): Promise<FlatStretch<string>> => {
      const end = all[i + 1] ?? pieces.length;
      return {
        init: await pins.readFile(clip, mapOf(playlist.segments[start])),
        segments: pieces.slice(start, end),
        hold: holdBetween(pieces[end - 1]?.info, pieces[end]?.info),
      };
    }),
  );
  const plan = planFlat(stretches, firstFrame(pieces[0], playlist.start ?? micros(0)));
  return { ...plan, parts: plan.parts.map((part) => inMemory(part, late)) };
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

function inMemory(part: FlatPlan<string>["parts"][number], late: readonly Piece[]): FlatPlan<string>["parts"][number] {
  const piece = part.kind === "copy" ? late.find(({ ref, bytes }) => ref === part.ref && bytes !== undefined) : undefined;
  if (part.kind !== "copy" || !piece?.bytes) return part;
  return { kind: "bytes", bytes: piece.bytes.subarray(part.offset, part.offset + part.length) };
}
