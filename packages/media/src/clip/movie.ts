/** Writes the `moov` of a flat MP4 (ISO/IEC 14496-12, 8.2 to 8.7) from finished tables. Version 1 boxes throughout: times are µs and need 64 bits after 71 minutes. */
import { box, fullBox, u16, u32, u64, zeros } from "../segment/box.js";
import { media, trackHeader, type TrackShape, UNITY_MATRIX } from "../segment/track.js";
import type { TrackTables } from "./tables.js";

/** The movie counts in µs, as the video does: no duration is rounded. */
const MOVIE_TIMESCALE = 1_000_000;

/** One track, ready to be written. */
export interface MovieTrack extends TrackShape {
  /** The whole `stsd` box. */
  readonly entry: Uint8Array;
  readonly tables: TrackTables;
  /** How long after its decoding each sample is shown, in ticks; left out where frames are shown in the order of decoding. */
  readonly composition?: Uint32Array;
  /** Where the presentation starts, in ticks of the track: the edit list's media_time. */
  readonly mediaTime: number;
  /** What plays, in µs. */
  readonly duration: number;
}

const mvhd = (duration: number, nextTrack: number): Uint8Array =>
  fullBox(
    "mvhd",
    1,
    0,
    u64(0, 0),
    u32(MOVIE_TIMESCALE),
    u64(duration),
    u32(0x10000),
    u16(0x100),
    zeros(10),
    UNITY_MATRIX,
    zeros(24),
    u32(nextTrack),
  );

const edts = ({ duration, mediaTime }: MovieTrack): Uint8Array =>
  box("edts", fullBox("elst", 1, 0, u32(1), u64(duration, mediaTime), u16(1, 0)));

function bigEndian(values: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setUint32(i * 4, value));
  return bytes;
}

/** Equal neighbours become one entry: `count, value, count, value…` */
function runs(values: Uint32Array): Uint32Array {
  const found = new Uint32Array(values.length * 2);
  let length = 0;
  for (const value of values) {
    if (length > 0 && found[length - 1] === value) found[length - 2] = (found[length - 2] ?? 0) + 1;
    else {
      found[length] = 1;
      found[length + 1] = value;
      length += 2;
    }
  }
  return found.subarray(0, length);
}

function perSample(type: "stts" | "ctts", ticks: Uint32Array): Uint8Array {
  const entries = runs(ticks);
  return fullBox(type, 0, 0, u32(entries.length / 2), bigEndian(entries));
}

/** `first chunk, samples per chunk, sample description`: a new entry where the number of samples changes. */
function stsc(counts: Uint32Array): Uint8Array {
  const entries: number[] = [];
  counts.forEach((count, i) => {
    if (i === 0 || counts[i - 1] !== count) entries.push(i + 1, count, 1);
  });
  return fullBox("stsc", 0, 0, u32(entries.length / 3), bigEndian(Uint32Array.from(entries)));
}

function co64(offsets: readonly number[], payloadAt: number): Uint8Array {
  const bytes = new Uint8Array(offsets.length * 8);
  const view = new DataView(bytes.buffer);
  offsets.forEach((offset, i) => view.setBigUint64(i * 8, BigInt(offset + payloadAt)));
  return fullBox("co64", 0, 0, u32(offsets.length), bytes);
}

function stbl({ kind, entry, tables, composition }: MovieTrack, payloadAt: number): Uint8Array {
  const { ticks, sizes, keys, chunkCounts, chunkOffsets } = tables;
  const stss = kind === "video" ? [fullBox("stss", 0, 0, u32(keys.length), bigEndian(keys.values))] : [];
  return box(
    "stbl",
    entry,
    perSample("stts", ticks.values),
    ...(composition ? [perSample("ctts", composition)] : []),
    ...stss,
    stsc(chunkCounts.values),
    fullBox("stsz", 0, 0, u32(0, sizes.length), bigEndian(sizes.values)),
    co64(chunkOffsets, payloadAt),
  );
}

const trak = (track: MovieTrack, payloadAt: number): Uint8Array =>
  box("trak", trackHeader(track, track.duration), edts(track), media(track, track.tables.end, stbl(track, payloadAt)));

/** The whole `moov`. Its size does not depend on `payloadAt`, where the payload of `mdat` starts in the file. */
export function writeMovie(tracks: readonly MovieTrack[], payloadAt: number): Uint8Array {
  const duration = tracks.reduce((longest, track) => Math.max(longest, track.duration), 0);
  return box("moov", mvhd(duration, tracks.length + 1), ...tracks.map((track) => trak(track, payloadAt)));
}
