/** What an init file holds: the run's format, and the sample entries that a clip's `moov` takes over. */
import { av1Codec, type Av1Profile } from "../codec/av1.js";
import { vp9Codec } from "../codec/vp9.js";
import { MediaFormatError } from "./error.js";
import type { AudioFormat, RunFormat, VideoFormat } from "./gop.js";
import { AUDIO_TIMESCALE, AUDIO_TRACK, VIDEO_TIMESCALE, VIDEO_TRACK } from "./layout.js";
import { type Box, boxesIn, Cursor, descend, one } from "./parse.js";

/** An init file, parsed. */
export interface ParsedInit {
  readonly format: RunFormat;
  /** The whole `stsd` box of the video track. */
  readonly videoEntry: Uint8Array;
  /** The whole `stsd` box of the sound track; null in a run without sound. */
  readonly audioEntry: Uint8Array | null;
}

const MAX_INIT_BYTES = 64 * 1024;

const hex = (values: Uint8Array): string => Array.from(values, (value) => value.toString(16).padStart(2, "0")).join("");

/** `tkhd` and `mdhd` begin with two times, of 32 bits in version 0 and 64 in version 1; reading goes on behind them. */
function afterTimes(bytes: Uint8Array, found: Box): Cursor {
  const cursor = new Cursor(bytes, { start: found.body, end: found.end }, `${found.type} box`);
  cursor.skip(cursor.u32() >= 0x1000000 ? 16 : 8);
  return cursor;
}

/** Checks a track's number and time scale and returns its only sample entry. */
function sampleEntry(
  bytes: Uint8Array,
  trak: Box,
  expected: { readonly id: number; readonly timescale: number; readonly types: readonly string[] },
): { readonly stsd: Box; readonly entry: Box } {
  const header = afterTimes(bytes, descend(bytes, trak, ["tkhd"]));
  const media = afterTimes(bytes, descend(bytes, trak, ["mdia", "mdhd"]));
  if (header.u32() !== expected.id || media.u32() !== expected.timescale)
    throw new MediaFormatError("foreign", "the init has another track number or time scale than ours");
  const stsd = descend(bytes, trak, ["mdia", "minf", "stbl", "stsd"]);
  const cursor = new Cursor(bytes, { start: stsd.body, end: stsd.end }, "stsd box");
  cursor.versionAndFlags(0, 0);
  if (cursor.u32() !== 1) throw new MediaFormatError("foreign", "stsd box: there must be one entry");
  const [entry, ...others] = boxesIn(bytes, cursor.at, stsd.end);
  if (!entry || others.length > 0 || !expected.types.includes(entry.type))
    throw new MediaFormatError("foreign", "stsd box: an entry of another kind than ours");
  return { stsd, entry };
}

/** `avcC` (ISO/IEC 14496-15, 5.3.3.1): version, then the three bytes of the codec string. */
function avcCodec(config: Cursor, bytes: Uint8Array): string {
  if (config.u8() !== 1) throw new MediaFormatError("foreign", "avcC box: another version");
  const profile = config.skip(3);
  return `avc1.${hex(bytes.subarray(profile, profile + 3))}`;
}

/** `vpcC` ("VP Codec ISO Media File Format Binding", 1.0): profile, level, bit depth, chroma subsampling and range. */
function vpCodec(config: Cursor): string {
  config.versionAndFlags(1, 0);
  const profile = config.u8();
  const level = config.u8();
  const depths = config.u8();
  const bitDepth = depths >> 4;
  const chroma = (depths >> 1) & 7;
  if ((profile !== 0 && profile !== 1 && profile !== 2 && profile !== 3) || (bitDepth !== 8 && bitDepth !== 10 && bitDepth !== 12))
    throw new MediaFormatError("foreign", "vpcC box: a profile or bit depth that there is not");
  if (chroma !== 1 && chroma !== 2 && chroma !== 3) throw new MediaFormatError("foreign", "vpcC box: another chroma subsampling than ours");
  return vp9Codec({ profile, level, bitDepth, chroma });
}

/** `av1C` ("AV1 Codec ISO Media File Format Binding", 2.3.3). */
function av1ConfigCodec(config: Cursor): string {
  if (config.u8() !== 0x81) throw new MediaFormatError("foreign", "av1C box: another version");
  const second = config.u8();
  const third = config.u8();
  const profile = second >> 5;
  if (profile > 2) throw new MediaFormatError("foreign", "av1C box: a profile that there is not");
  const bit = (place: number): number => (third >> place) & 1;
  const stream: Av1Profile = {
    profile: profile === 0 ? 0 : profile === 1 ? 1 : 2,
    level: second & 31,
    highTier: bit(7) === 1,
    bitDepth: bit(6) === 0 ? 8 : bit(5) === 0 ? 10 : 12,
    monochrome: bit(4) === 1,
    chroma: `${bit(3)}${bit(2)}${third & 3}`,
  };
  return av1Codec(stream);
}

/** What sample entries of the picture are called, which box describes the codec, and how. */
const ENTRIES: Readonly<
  Record<
    string,
    { readonly kind: VideoFormat["kind"]; readonly config: string; readonly codec: (config: Cursor, bytes: Uint8Array) => string }
  >
> = {
  avc1: { kind: "h264", config: "avcC", codec: avcCodec },
  vp08: { kind: "vp8", config: "vpcC", codec: () => "vp8" },
  vp09: { kind: "vp9", config: "vpcC", codec: vpCodec },
  av01: { kind: "av1", config: "av1C", codec: av1ConfigCodec },
};

/** A video sample entry (ISO/IEC 14496-12, 12.1.3): the picture's size is at 24 in its content, child boxes begin at 78. */
function videoFormat(bytes: Uint8Array, entry: Box): VideoFormat {
  const known = ENTRIES[entry.type];
  if (!known) throw new MediaFormatError("foreign", "stsd box: an entry of another kind than ours");
  const cursor = new Cursor(bytes, { start: entry.body, end: entry.end }, `${entry.type} box`);
  cursor.skip(24);
  const width = cursor.u16();
  const height = cursor.u16();
  cursor.skip(50);
  const found = one(boxesIn(bytes, cursor.at, entry.end), known.config);
  const config = new Cursor(bytes, { start: found.body, end: found.end }, `${known.config} box`);
  return { kind: known.kind, codec: known.codec(config, bytes), width, height };
}

/** `Opus` ("Encapsulation of Opus in ISO Base Media File Format", 4.3.1): the channel count is at 16 in its content. */
function audioFormat(bytes: Uint8Array, entry: Box): AudioFormat {
  const cursor = new Cursor(bytes, { start: entry.body, end: entry.end }, "Opus box");
  cursor.skip(16);
  const channels = cursor.u16();
  if (channels !== 1 && channels !== 2) throw new MediaFormatError("foreign", "Opus box: other channels than one or two");
  return { kind: "opus", channels, sampleRate: 48000 };
}

/**
 * Parses an init file.
 * @throws MediaFormatError for everything that `muxInit` did not write, whole.
 */
export function parseInit(bytes: Uint8Array): ParsedInit {
  if (bytes.length > MAX_INIT_BYTES) throw new MediaFormatError("limit", "the init is larger than any of ours");
  if (bytes.length === 0) throw new MediaFormatError("truncated", "the init is empty");
  const [ftyp, moov, ...rest] = boxesIn(bytes, 0, bytes.length);
  if (ftyp?.type !== "ftyp" || moov?.type !== "moov" || rest.length > 0)
    throw new MediaFormatError("foreign", "the init must be ftyp and moov");
  const [videoTrak, audioTrak, ...others] = boxesIn(bytes, moov.body, moov.end).filter((child) => child.type === "trak");
  if (!videoTrak || others.length > 0) throw new MediaFormatError("foreign", "the init must have one or two tracks");
  const video = sampleEntry(bytes, videoTrak, { id: VIDEO_TRACK, timescale: VIDEO_TIMESCALE, types: Object.keys(ENTRIES) });
  const audio = audioTrak ? sampleEntry(bytes, audioTrak, { id: AUDIO_TRACK, timescale: AUDIO_TIMESCALE, types: ["Opus"] }) : null;
  return {
    format: { video: videoFormat(bytes, video.entry), audio: audio ? audioFormat(bytes, audio.entry) : null },
    videoEntry: bytes.slice(video.stsd.start, video.stsd.end),
    audioEntry: audio ? bytes.slice(audio.stsd.start, audio.stsd.end) : null,
  };
}
