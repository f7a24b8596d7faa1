/** Reads a film from a flat MP4 with one H.264 track (no B-frames) and at most one Opus track. Needs no FFmpeg, so the demo runs without it. */
import { readFile } from "node:fs/promises";
import { type Micros, micros } from "@livekit-replay/contract";
import { boxesOf, findBox, needBox } from "./boxes.js";
import type { Film, FilmFrame, FilmPacket } from "./model.js";

interface TrackSample {
  readonly pts: Micros;
  readonly key: boolean;
  readonly data: Uint8Array;
}

interface Track {
  readonly kind: "video" | "audio";
  readonly trak: DataView;
  readonly durationUs: number;
  readonly samples: readonly TrackSample[];
}

const HANDLERS: Readonly<Record<string, "video" | "audio">> = { vide: "video", soun: "audio" };
const START_CODE = Uint8Array.of(0, 0, 0, 1);
/** A full box begins with version and flags. */
const FULL = 4;

function text(bytes: DataView, offset: number): string {
  return String.fromCharCode(...new Uint8Array(bytes.buffer, bytes.byteOffset + offset, 4));
}

/** Where each sample lies: `stsc` says how many are in a chunk, `stco` or `co64` where the chunks begin. */
function samplePlaces(stbl: DataView): { offset: number; size: number }[] {
  const sizes = needBox(stbl, "stsz");
  const fixed = sizes.getUint32(FULL);
  const count = sizes.getUint32(FULL + 4);
  const toChunk = needBox(stbl, "stsc");
  const wide = findBox(stbl, "co64");
  const offsets = wide ?? needBox(stbl, "stco");
  const places: { offset: number; size: number }[] = [];
  let entry = 0;
  for (let chunk = 0; chunk < offsets.getUint32(FULL); chunk += 1) {
    while (entry + 1 < toChunk.getUint32(FULL) && toChunk.getUint32(FULL + 4 + (entry + 1) * 12) <= chunk + 1) entry += 1;
    let offset = wide ? Number(wide.getBigUint64(FULL + 4 + chunk * 8)) : offsets.getUint32(FULL + 4 + chunk * 4);
    for (let left = toChunk.getUint32(FULL + 4 + entry * 12 + 4); left > 0 && places.length < count; left -= 1) {
      const size = fixed === 0 ? sizes.getUint32(FULL + 8 + places.length * 4) : fixed;
      places.push({ offset, size });
      offset += size;
    }
  }
  return places;
}

/** Decode times in ticks, one more than there are samples: the last is the end. */
function sampleTimes(stbl: DataView): number[] {
  const stts = needBox(stbl, "stts");
  const times = [0];
  let time = 0;
  for (let entry = 0; entry < stts.getUint32(FULL); entry += 1) {
    const delta = stts.getUint32(FULL + 4 + entry * 8 + 4);
    for (let left = stts.getUint32(FULL + 4 + entry * 8); left > 0; left -= 1) times.push((time += delta));
  }
  return times;
}

function keyframes(stbl: DataView): Set<number> | null {
  const stss = findBox(stbl, "stss");
  if (!stss) return null;
  return new Set(Array.from({ length: stss.getUint32(FULL) }, (_, index) => stss.getUint32(FULL + 4 + index * 4) - 1));
}

/** Media time (ticks) of the presentation's start: the encoder delay of Opus is skipped by an edit list. */
function editStart(trak: DataView): number {
  const elst = findBox(trak, "edts", "elst");
  if (!elst || elst.getUint32(FULL) === 0) return 0;
  const long = elst.getUint8(0) === 1;
  return Math.max(0, long ? Number(elst.getBigInt64(FULL + 4 + 8)) : elst.getInt32(FULL + 4 + 4));
}

function readTrack(file: Uint8Array, trak: DataView): Track | null {
  const kind = HANDLERS[text(needBox(trak, "mdia", "hdlr"), FULL + 4)];
  if (!kind) return null;
  const mdhd = needBox(trak, "mdia", "mdhd");
  const ticksPerSecond = mdhd.getUint32(FULL + (mdhd.getUint8(0) === 1 ? 16 : 8));
  const stbl = needBox(trak, "mdia", "minf", "stbl");
  if (findBox(stbl, "ctts")) throw new RangeError("A film must not have B-frames");
  const times = sampleTimes(stbl);
  const keys = keyframes(stbl);
  const start = editStart(trak);
  const toMicros = (ticks: number): Micros => micros((ticks * 1e6) / ticksPerSecond);
  const samples = samplePlaces(stbl).map(({ offset, size }, index) => ({
    pts: toMicros((times[index] ?? 0) - start),
    key: keys?.has(index) ?? true,
    data: file.subarray(offset, offset + size),
  }));
  return { kind, trak, durationUs: toMicros(times[samples.length] ?? 0), samples };
}

/** The parameter sets of an `avcC` box (ISO/IEC 14496-15, 5.3.3.1). Throws for NAL unit lengths of other than 4 bytes. */
function parameterSets(avcC: DataView): Uint8Array[] {
  if ((avcC.getUint8(4) & 3) !== 3) throw new RangeError("NAL unit lengths of a film must have 4 bytes");
  const sets: Uint8Array[] = [];
  let offset = 5;
  for (const mask of [0x1f, 0xff]) {
    const count = avcC.getUint8(offset) & mask;
    offset += 1;
    for (let index = 0; index < count; index += 1) {
      const size = avcC.getUint16(offset);
      sets.push(new Uint8Array(avcC.buffer, avcC.byteOffset + offset + 2, size));
      offset += 2 + size;
    }
  }
  return sets;
}

/** Length-prefixed NAL units to Annex B, parameter sets first when it is a keyframe. */
function annexB(sample: TrackSample, sets: readonly Uint8Array[]): Uint8Array {
  const units = sample.key ? [...sets] : [];
  const view = new DataView(sample.data.buffer, sample.data.byteOffset, sample.data.byteLength);
  for (let offset = 0; offset + 4 <= view.byteLength;) {
    const size = view.getUint32(offset);
    units.push(sample.data.subarray(offset + 4, offset + 4 + size));
    offset += 4 + size;
  }
  return Buffer.concat(units.flatMap((unit) => [START_CODE, unit]));
}

const VISUAL_ENTRY = 78;

/** Reads a film's bytes. Throws `RangeError` for what is no such MP4. */
export function parseFilm(file: Uint8Array): Film {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const tracks: Track[] = [];
  for (const box of boxesOf(needBox(view, "moov"))) {
    const track = box.type === "trak" ? readTrack(file, box.bytes) : null;
    if (track) tracks.push(track);
  }
  const video = tracks.find((track) => track.kind === "video");
  if (!video) throw new RangeError("A film must have a video track");
  const stsd = needBox(video.trak, "mdia", "minf", "stbl", "stsd");
  const entry = needBox(new DataView(stsd.buffer, stsd.byteOffset + 8, stsd.byteLength - 8), "avc1");
  const sets = parameterSets(needBox(new DataView(entry.buffer, entry.byteOffset + VISUAL_ENTRY, entry.byteLength - VISUAL_ENTRY), "avcC"));
  const frames: FilmFrame[] = video.samples.map((sample) => ({ pts: sample.pts, key: sample.key, data: annexB(sample, sets) }));
  const audio = tracks.find((track) => track.kind === "audio");
  // The encoder pads its last packet; what is over would make the loop's sound drift from its picture.
  const packets: FilmPacket[] | null = audio
    ? audio.samples.slice(0, Math.floor(video.durationUs / 20_000)).map(({ pts, data }) => ({ pts, data }))
    : null;
  return {
    width: entry.getUint16(24),
    height: entry.getUint16(26),
    frameRate: Math.round((frames.length * 1e6) / video.durationUs),
    durationUs: micros(video.durationUs),
    frames,
    packets,
  };
}

/** Reads a film from a file. */
export async function readFilm(path: string): Promise<Film> {
  const file = await readFile(path);
  return parseFilm(file);
}
