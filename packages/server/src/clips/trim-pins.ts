/** A part of a clip whose pins are there: which of them to link, how the last one is cut, and what is known of the new clip by that. */
import type { Micros, WallMs } from "@livekit-replay/contract";
import {
  clipPlaylist,
  type ClipStretch,
  cutSegment,
  describeInit,
  describeSegment,
  type ListedSegment,
  type PlayedRange,
  type SegmentInfo,
  trimPieces,
  type TrimRefusal,
  upperBoundBytes,
  wallAt,
  writePlaylist,
} from "@livekit-replay/media";
import type { ClipRow } from "../catalog/port.js";
import { initName, PINNED_TAIL } from "../store/names.js";
import type { PinAddress, PinOptions, Pins } from "../store/pin.js";
import { conversionBoundBytes, conversionNeed } from "./convert/need.js";
import { type ClipMaterial, type Piece, readMaterial } from "./mp4.js";

/** What to pin, and what the row says. */
export interface PartOfPins {
  readonly kind: "kept";
  readonly pin: Omit<PinOptions, "userId" | "atMs">;
  /** At most so many bytes will it have. */
  readonly boundBytes: number;
  readonly duration: Micros;
  readonly startsAt: WallMs;
  readonly endsAt: WallMs;
  readonly video: ClipRow["video"];
  readonly audio: ClipRow["audio"];
}

/** The stretches of a material as far as they are in a part. */
function keptStretches({ stretches }: ClipMaterial, first: number, last: number): ClipMaterial["stretches"] {
  let at = 0;
  return stretches.flatMap((stretch) => {
    const from = at;
    const all: readonly Piece[] = stretch.segments;
    at += all.length;
    const segments = all.slice(Math.max(0, first - from), Math.max(0, last + 1 - from));
    return segments.length === 0 ? [] : [{ ...stretch, segments }];
  });
}

/** How the part ends: with a last piece of its own, or (null) with a whole segment. */
async function tailOf(
  pins: Pins,
  clip: PinAddress,
  last: Piece,
  cut: Parameters<typeof cutSegment>[1] | null,
): Promise<PinOptions["tail"]> {
  if (cut !== null) return { kind: "bytes", bytes: cutSegment(last.bytes ?? (await pins.readFile(clip, last.ref)), cut) };
  if (last.bytes) return { kind: "bytes", bytes: last.bytes };
  return last.ref === PINNED_TAIL ? { kind: "file", file: PINNED_TAIL } : null;
}

/** Codecs as a capture writes them into its row, and what the clip may take on disk. */
function encodingOf(stretches: ClipMaterial["stretches"]): Pick<PartOfPins, "video" | "audio" | "boundBytes"> {
  const formats = stretches.map(({ init }) => describeInit(init).format);
  const need = conversionNeed(new Map(stretches.map(({ init, segments }) => [segments[0]?.info.run ?? -1, init])));
  const { width = 0, height = 0 } = formats[0]?.video ?? {};
  const sound = formats.find(({ audio }) => audio)?.audio;
  const plan: { readonly stretches: readonly ClipStretch<SegmentInfo>[] } = {
    stretches: stretches.map(({ segments, hold }) => ({ segments: segments.map(({ info }: Piece) => info), hold })),
  };
  return {
    video: { codec: need.codec, width, height },
    audio: sound ? { codec: sound.kind } : null,
    boundBytes: upperBoundBytes(plan) + conversionBoundBytes(plan, need, 0),
  };
}

/**
 * Plans a part of a pinned clip of our own segments.
 * @throws ReplayError `clip_not_found` when the pins are gone; MediaFormatError when they are not whole.
 */
export async function partOfPins(pins: Pins, clip: PinAddress, range: PlayedRange): Promise<PartOfPins | TrimRefusal> {
  const material = await readMaterial(pins, clip);
  const part = trimPieces(material.stretches, material.startPts, range);
  if (part.kind !== "kept") return part;
  const stretches = keptStretches(material, part.firstSegment, part.lastSegment);
  const pieces = stretches.flatMap(({ segments }): readonly Piece[] => segments);
  const [first, last] = [pieces[0], pieces.at(-1)];
  if (!first || !last) throw new TypeError("part: must hold a segment");
  const tail = await tailOf(pins, clip, last, part.cut);
  const whole = tail === null ? pieces : pieces.slice(0, -1);
  const listed: ListedSegment[] = whole.map(({ info, ref }) => ({ info, path: ref, map: initName(info.run) }));
  if (tail !== null) {
    const info = tail.kind === "bytes" ? describeSegment(tail.bytes).info : last.info;
    listed.push({ info, path: PINNED_TAIL, map: initName(info.run) });
  }
  const inits = [...new Set(pieces.map(({ info }) => initName(info.run)))];
  return {
    kind: "kept",
    pin: {
      from: clip,
      files: [...inits, ...whole.map(({ ref }) => ref)],
      tail,
      playlist: writePlaylist(clipPlaylist(listed, part.startPts)),
    },
    ...encodingOf(stretches),
    duration: part.duration,
    startsAt: wallAt(first.info, part.startPts),
    endsAt: wallAt(last.info, part.cut?.holdUntilPts ?? last.info.endPts),
  };
}
