/**
 * A segment of LiveKit egress (MPEG transport stream, H.264 and AAC) becomes what the index needs. Such a file says everything of itself but its wall time,
 * which stands in egress's playlist. The whole file is read: a transport stream has no head.
 */
import { type Micros, micros } from "@livekit-replay/contract";
import { nalUnits } from "../codec/annex-b.js";
import { nalType, parseSequenceParameters, parseSliceStart, type SequenceParameters } from "../codec/h264.js";
import { MediaFormatError } from "../segment/error.js";
import { AAC_SAMPLES, type AdtsFrames, readAdts } from "./adts.js";
import { type TransportPacket, transportPackets } from "./packet.js";
import { type PesPacket, PesReader, TRANSPORT_CLOCK } from "./pes.js";
import { type ProgramMap, readAssociation, readProgramMap } from "./tables.js";

/** How a transport stream is encoded. */
export interface TransportFormat {
  readonly video: { readonly codec: string; readonly width: number; readonly height: number };
  readonly audio: { readonly codec: string; readonly sampleRate: number; readonly channels: number } | null;
}

/** The sound of a transport segment. */
export interface TransportSound {
  /** PTS of the first frame. */
  readonly startPts: Micros;
  /** Where the last frame ends. */
  readonly endPts: Micros;
  /** AAC frames of 1024 samples. */
  readonly frames: number;
}

/** Everything that a transport segment says of itself. Times are on the stream's own timeline, in µs. */
export interface TransportDescription {
  readonly format: TransportFormat;
  /** Of the first frame shown. */
  readonly startPts: Micros;
  /**
   * How long before the first frame a player's time begins: hls.js counts from the earliest decoding time of picture and sound, so that none is negative,
   * and a frame that later ones are decoded before is decoded that much earlier than it is shown.
   */
  readonly lead: Micros;
  /** Where the last frame shown ends: it lasts as long as the frames do on average. */
  readonly endPts: Micros;
  readonly sizeBytes: number;
  /** PTS of the frames in the order in which they are shown. */
  readonly pts: Float64Array;
  /** PTS of the keyframes. The first frame is one. */
  readonly keyPts: readonly Micros[];
  /** Null when there is no sound in it. */
  readonly audio: TransportSound | null;
}

const toMicros = (ticks: number): Micros => micros((ticks * 1_000_000) / TRANSPORT_CLOCK);

interface Streams {
  readonly video: readonly PesPacket[];
  readonly audio: readonly PesPacket[];
}

/** The programme's map: egress writes packets of the sound before the first one. */
function findMap(packets: readonly TransportPacket[]): ProgramMap {
  const association = packets.find(({ pid, starts }) => pid === 0 && starts);
  if (!association) throw new MediaFormatError("foreign", "the transport stream has no programme association");
  const mapPid = readAssociation(association.payload);
  const found = packets.find(({ pid, starts }) => pid === mapPid && starts);
  if (!found) throw new MediaFormatError("foreign", "the transport stream has no programme map");
  return readProgramMap(found.payload);
}

/** Sorts the packets by stream. */
function demultiplex(bytes: Uint8Array): Streams {
  const packets = [...transportPackets(bytes)];
  const map = findMap(packets);
  const video = new PesReader();
  const audio = new PesReader();
  for (const { pid, starts, payload } of packets) {
    if (pid === map.video) video.add(payload, starts);
    else if (pid === map.audio) audio.add(payload, starts);
  }
  video.finish();
  audio.finish();
  return { video: video.packets, audio: audio.packets };
}

/** What a PES packet of the picture holds: one access unit. */
interface Picture {
  readonly key: boolean;
  readonly parameters: SequenceParameters | null;
}

function readPicture({ data }: PesPacket): Picture {
  let key = false;
  let pictures = 0;
  let parameters: SequenceParameters | null = null;
  for (const unit of nalUnits(data)) {
    const type = (unit[0] ?? 0) & 0x1f;
    if (type === nalType.sps) parameters ??= parseSequenceParameters(unit);
    if (type !== nalType.slice && type !== nalType.idr) continue;
    if (type === nalType.idr) key = true;
    if (parseSliceStart(unit, 1)?.firstMacroblock === 0) pictures += 1;
  }
  if (pictures !== 1) throw new MediaFormatError("malformed", "a PES packet of the picture does not hold one frame");
  return { key, parameters };
}

function readVideo(
  packets: readonly PesPacket[],
): Pick<TransportDescription, "startPts" | "endPts" | "pts" | "keyPts"> & { parameters: SequenceParameters } {
  const pictures = packets.map(readPicture);
  const parameters = pictures[0]?.parameters ?? null;
  if (pictures.length === 0) throw new MediaFormatError("truncated", "the transport stream has no picture");
  if (pictures[0]?.key !== true || parameters === null) throw new MediaFormatError("foreign", "the segment does not begin with a keyframe");
  const ticks = Float64Array.from(packets, ({ pts }) => pts).sort();
  const first = ticks[0] ?? 0;
  const last = ticks.at(-1) ?? 0;
  if (first !== packets[0]?.pts) throw new MediaFormatError("malformed", "a frame is shown before the keyframe");
  if (ticks.some((pts, i) => i > 0 && pts === ticks[i - 1]))
    throw new MediaFormatError("malformed", "two frames are shown at the same time");
  // A single frame says nothing of its length: that of 30 frames a second.
  const each = ticks.length > 1 ? Math.round((last - first) / (ticks.length - 1)) : TRANSPORT_CLOCK / 30;
  return {
    parameters,
    startPts: toMicros(first),
    endPts: toMicros(last + each),
    pts: ticks.map(toMicros),
    keyPts: packets.flatMap(({ pts }, i) => (pictures[i]?.key === true ? [toMicros(pts)] : [])),
  };
}

function readAudio(packets: readonly PesPacket[]): { readonly sound: TransportSound; readonly format: AdtsFrames } | null {
  const [first] = packets;
  const last = packets.at(-1);
  if (!first || !last) return null;
  const read = packets.map(({ data }) => readAdts(data));
  const [format] = read;
  const lastRead = read.at(-1);
  if (!format || !lastRead) return null;
  if (read.some(({ sampleRate, codec }) => sampleRate !== format.sampleRate || codec !== format.codec))
    throw new MediaFormatError("malformed", "the sound changes its format");
  const frames = read.reduce((sum, { count }) => sum + count, 0);
  const endPts = last.pts + (lastRead.count * AAC_SAMPLES * TRANSPORT_CLOCK) / format.sampleRate;
  return { sound: { startPts: toMicros(first.pts), endPts: toMicros(endPts), frames }, format };
}

/**
 * Reads a whole transport segment.
 * @throws MediaFormatError: `truncated`, `foreign` and `malformed` for everything that is not a whole segment as egress writes it, beginning with a keyframe.
 */
export function describeTransport(bytes: Uint8Array): TransportDescription {
  const streams = demultiplex(bytes);
  const { parameters, ...video } = readVideo(streams.video);
  const audio = readAudio(streams.audio);
  const { codec, width, height } = parameters;
  const decoded = Math.min(...[...streams.video.slice(0, 1), ...streams.audio.slice(0, 1)].map(({ dts }) => toMicros(dts)));
  return {
    ...video,
    lead: micros(Math.max(0, video.startPts - decoded)),
    format: {
      video: { codec, width, height },
      audio: audio && { codec: audio.format.codec, sampleRate: audio.format.sampleRate, channels: audio.format.channels },
    },
    sizeBytes: bytes.length,
    audio: audio?.sound ?? null,
  };
}
