/** What the container of a clip says of itself, by ffprobe, and how its boxes lie. */
import { type FileHandle, open } from "node:fs/promises";
import { type Micros, micros } from "@livekit-replay/contract";
import { runForText } from "../process/run.js";

/** Lengths as ffprobe reads them, edit lists included. */
export interface ContainerReading {
  readonly containerUs: Micros;
  readonly videoUs: Micros;
  /** Null without a sound track. */
  readonly audioUs: Micros | null;
  readonly videoCodec: string;
  readonly audioCodec: string | null;
  readonly width: number;
  readonly height: number;
  readonly sizeBytes: number;
  /** `moov` lies before `mdat`, so that playing can begin before the whole file is there. */
  readonly moovFirst: boolean;
}

interface ProbedStream {
  readonly codec_type?: string;
  readonly codec_name?: string;
  readonly duration?: string;
  readonly width?: number;
  readonly height?: number;
}

interface Probed {
  readonly format?: { readonly duration?: string };
  readonly streams?: readonly ProbedStream[];
}

/** Types of the file's top boxes, in order. */
async function topBoxes(file: FileHandle, size: number): Promise<string[]> {
  const header = Buffer.alloc(16);
  const types: string[] = [];
  for (let offset = 0; offset + 8 <= size;) {
    await file.read(header, 0, 16, offset);
    types.push(header.toString("latin1", 4, 8));
    const short = header.readUInt32BE(0);
    const length = short === 1 ? Number(header.readBigUInt64BE(8)) : short;
    if (length < 8) break;
    offset += length;
  }
  return types;
}

async function boxOrder(path: string): Promise<{ sizeBytes: number; moovFirst: boolean }> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const types = await topBoxes(file, size);
    const moov = types.indexOf("moov");
    return { sizeBytes: size, moovFirst: moov >= 0 && moov < types.indexOf("mdat") };
  } finally {
    await file.close();
  }
}

/** Reads a clip's container. Throws when ffprobe cannot read it or it has no picture. */
export async function probeClip(path: string): Promise<ContainerReading> {
  const entries = "format=duration:stream=codec_type,codec_name,duration,width,height";
  const probed = JSON.parse(await runForText("ffprobe", ["-v", "error", "-show_entries", entries, "-of", "json", path])) as Probed;
  const video = probed.streams?.find((stream) => stream.codec_type === "video");
  const audio = probed.streams?.find((stream) => stream.codec_type === "audio");
  if (!video) throw new Error(`No picture in ${path}`);
  const seconds = (text: string | undefined): Micros => micros(Number(text ?? Number.NaN) * 1e6);
  return {
    containerUs: seconds(probed.format?.duration),
    videoUs: seconds(video.duration),
    audioUs: audio ? seconds(audio.duration) : null,
    videoCodec: video.codec_name ?? "",
    audioCodec: audio?.codec_name ?? null,
    width: video.width ?? 0,
    height: video.height ?? 0,
    ...(await boxOrder(path)),
  };
}
