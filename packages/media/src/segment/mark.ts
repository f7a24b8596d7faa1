/**
 * The `uuid` box of a segment: what the standard boxes cannot say. Big-endian, version 1:
 * `u8 version, u8 run reason, u16 gaps, u32 run, u64 end PTS in µs`, then per gap `f64 from, f64 to` (wall ms) and `u8 reason`.
 */
import { type Gap, type GapReason, type Micros, micros } from "@livekit-replay/contract";
import { box, concat, u16, u32, u64 } from "./box.js";
import { MediaFormatError } from "./error.js";
import type { RunReason } from "./gop.js";
import { type Box, Cursor } from "./parse.js";

/** Our box's extended type (ISO/IEC 14496-12, 4.2), a random UUID. */
const EXTENDED_TYPE = Uint8Array.of(0x9b, 0x1f, 0x6e, 0x52, 0x0c, 0x4d, 0x4a, 0x77, 0x8e, 0x35, 0xd2, 0x61, 0x7a, 0xf0, 0x3c, 0x88);
const VERSION = 1;
const MAX_GAPS = 1000;

/** Their places are the numbers in the file: only ever add at the end. */
const REASONS: readonly RunReason[] = [
  "start",
  "loss",
  "mute",
  "silence",
  "reconnect",
  "restart",
  "clock",
  "format",
  "pause",
  "disk",
  "forgotten",
];

/** The content of the box. */
export interface Mark {
  readonly run: number;
  readonly runReason: RunReason;
  readonly endPts: Micros;
  readonly gaps: readonly Gap[];
}

const reasonCode = (reason: RunReason): number => {
  const code = REASONS.indexOf(reason);
  if (code < 0) throw new TypeError(`reason ${reason} has no number in the segment format`);
  return code;
};

const gapBytes = (gap: Gap): Uint8Array => {
  const bytes = new Uint8Array(17);
  const view = new DataView(bytes.buffer);
  view.setFloat64(0, gap.fromMs);
  view.setFloat64(8, gap.toMs);
  view.setUint8(16, reasonCode(gap.reason));
  return bytes;
};

/** The whole box. Gaps after the 1000th are joined to the last one, so that a segment's head stays small. */
export function writeMark(mark: Mark): Uint8Array {
  const kept = mark.gaps.slice(0, MAX_GAPS);
  const last = kept.at(-1);
  if (last && mark.gaps.length > MAX_GAPS) kept[MAX_GAPS - 1] = { ...last, toMs: mark.gaps.at(-1)?.toMs ?? last.toMs };
  const fixed = concat([
    EXTENDED_TYPE,
    Uint8Array.of(VERSION, reasonCode(mark.runReason)),
    u16(kept.length),
    u32(mark.run),
    u64(mark.endPts),
  ]);
  return box("uuid", fixed, ...kept.map(gapBytes));
}

const readReason = (code: number): RunReason => {
  const reason = REASONS[code];
  if (reason === undefined) throw new MediaFormatError("foreign", "uuid box: unknown reason");
  return reason;
};

function readGap(cursor: Cursor): Gap {
  const fromMs = cursor.f64();
  const toMs = cursor.f64();
  const reason = readReason(cursor.u8());
  if (!Number.isFinite(fromMs) || !Number.isFinite(toMs) || toMs < fromMs || reason === "start")
    throw new MediaFormatError("malformed", "uuid box: a gap makes no sense");
  return { fromMs, toMs, reason: reason satisfies GapReason };
}

/** Reads the box; another UUID or version is `foreign`. */
export function readMark(bytes: Uint8Array, found: Box): Mark {
  const cursor = new Cursor(bytes, { start: found.body, end: found.end }, "uuid box");
  const typeStart = cursor.skip(EXTENDED_TYPE.length);
  if (!EXTENDED_TYPE.every((value, index) => bytes[typeStart + index] === value) || cursor.u8() !== VERSION)
    throw new MediaFormatError("foreign", "uuid box: not ours, or of another version");
  const runReason = readReason(cursor.u8());
  const count = cursor.u16();
  const run = cursor.u32();
  const endPts = micros(cursor.u64());
  if (cursor.left !== count * 17 || count > MAX_GAPS)
    throw new MediaFormatError("malformed", "uuid box: the number of gaps does not fit its size");
  return { run, runReason, endPts, gaps: Array.from({ length: count }, () => readGap(cursor)) };
}
