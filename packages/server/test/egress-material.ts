/** What a real egress leaves in a session's folder: its segments and playlists, made by FFmpeg with egress's names and settings, or those of a real egress where `EGRESS_FIXTURE` names them. */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { BARCODE_BLOCKS, drawBarcode, run } from "@livekit-replay/peers";
import { egressFullName, egressLiveName, transportName } from "../src/store/names.js";
import { sessionPath, type SessionFolder } from "../src/store/paths.js";

/** A minute of egress's output. Barcodes are 24 blocks along the top edge. */
export interface EgressMaterial {
  readonly folder: string;
  /** Names of the segments, in order. */
  readonly segments: readonly string[];
  /** Wall time of the first frame, by the playlist. */
  readonly startMs: number;
  readonly segmentMs: number;
  /** Length of the last one as the playlist has it, in ms. */
  readonly lastMs: number;
  readonly frameRate: number;
  /** The barcodes of the first and the last frame. */
  readonly numbers: readonly [number, number];
}

const SEGMENTS = 6;
const SECONDS = 2;
const RATE = 30;
/** Frames of the last, shorter segment. */
const LAST_FRAMES = 37;
const START = Date.UTC(2026, 10, 24, 14, 31, 44, 607);
const FRAMES = (SEGMENTS - 1) * SECONDS * RATE + LAST_FRAMES;

const entry = (name: string, startMs: number, lengthMs: number): string =>
  `#EXT-X-PROGRAM-DATE-TIME:${new Date(startMs).toISOString()}\n#EXTINF:${(lengthMs / 1000).toFixed(3)},\n${name}\n`;

/** A playlist as egress writes it. */
export function egressPlaylist(
  { segments, startMs, segmentMs, lastMs }: EgressMaterial,
  options: { readonly run?: number; readonly from?: number; readonly count?: number; readonly ended?: boolean } = {},
): string {
  const { run: number = 0, from = 0, count = segments.length, ended = true } = options;
  const isLive = from > 0 || !ended;
  const head = `#EXTM3U\n#EXT-X-VERSION:4\n${isLive ? "" : "#EXT-X-PLAYLIST-TYPE:EVENT\n"}#EXT-X-ALLOW-CACHE:NO\n#EXT-X-TARGETDURATION:${segmentMs / 1000}\n#EXT-X-MEDIA-SEQUENCE:${from}\n`;
  const lines = segments
    .slice(0, count)
    .map((_name, i) => entry(transportName(number, i), startMs + i * segmentMs, i === segments.length - 1 ? lastMs : segmentMs))
    .slice(from);
  return `${head}${lines.join("")}${ended ? "#EXT-X-ENDLIST\n" : ""}`;
}

async function made(folder: string): Promise<EgressMaterial> {
  const strips = function* (): Generator<Uint8Array> {
    for (let frame = 0; frame < FRAMES; frame += 1) yield drawBarcode(180 + frame, frame % RATE < 3);
  };
  const result = await run({
    command: "ffmpeg",
    args: [
      ...[
        "-v",
        "error",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "gray",
        "-video_size",
        `${BARCODE_BLOCKS}x1`,
        "-framerate",
        String(RATE),
        "-i",
        "pipe:0",
      ],
      ...["-f", "lavfi", "-i", `sine=frequency=440:sample_rate=44100:duration=${FRAMES / RATE}`],
      ...["-vf", "scale=768:96:flags=neighbor,format=yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-bf", "3"],
      ...["-sc_threshold", "0", "-force_key_frames", `expr:gte(t,n_forced*${SECONDS})`, "-c:a", "aac", "-ac", "2", "-b:a", "128k"],
      ...["-output_ts_offset", "3600", "-f", "segment", "-segment_format", "mpegts", "-segment_time", String(SECONDS)],
      path.join(folder, "segment_%05d.ts"),
    ],
    stdin: strips(),
  });
  if (result.exitCode !== 0) throw new Error(result.stderrTail.join("\n"));
  const segments = Array.from({ length: SEGMENTS }, (_, i) => transportName(0, i));
  // Egress's EXTINF leaves the last frame of the last segment out.
  const lastMs = Math.round(((LAST_FRAMES - 1) * 1000) / RATE);
  return { folder, segments, startMs: START, segmentMs: SECONDS * 1000, lastMs, frameRate: RATE, numbers: [180, 180 + FRAMES - 1] };
}

async function given(folder: string): Promise<EgressMaterial> {
  const segments = (await readdir(folder)).filter((name) => name.endsWith(".ts")).toSorted();
  return {
    folder,
    segments,
    startMs: Date.UTC(2026, 10, 24, 14, 31, 44, 607),
    segmentMs: 10_000,
    lastMs: 8067,
    frameRate: 30,
    numbers: [180, 1922],
  };
}

/** The material, and how to remove it. */
export async function egressMaterial(fixture: string | undefined): Promise<{ readonly material: EgressMaterial; remove(): Promise<void> }> {
  if (fixture !== undefined) return { material: await given(fixture), remove: () => Promise.resolve() };
  const folder = await mkdtemp(path.join(tmpdir(), "replay-egress-"));
  return { material: await made(folder), remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Puts segments and playlists into a session's folder, as egress does. */
export async function layOut(
  root: string,
  session: SessionFolder,
  material: EgressMaterial,
  options: Parameters<typeof egressPlaylist>[1] = {},
): Promise<string> {
  const folder = sessionPath(root, session);
  await mkdir(folder, { recursive: true });
  const { run: number = 0, count = material.segments.length } = options;
  for (const [i, name] of material.segments.slice(0, count).entries())
    await copyFile(path.join(material.folder, name), path.join(folder, transportName(number, i)));
  await writeFile(path.join(folder, egressFullName(number)), egressPlaylist(material, options));
  await writeFile(path.join(folder, egressLiveName(number)), egressPlaylist(material, { ...options, from: Math.max(0, count - 5) }));
  return folder;
}

/** The barcodes of a file's frames as FFmpeg decodes them, and everything that it complains of. */
export async function barcodesOf(file: string): Promise<{ readonly numbers: readonly number[]; readonly complaints: readonly string[] }> {
  let bytes = Buffer.alloc(0);
  const result = await run({
    command: "ffmpeg",
    args: [
      ...["-nostdin", "-v", "error", "-i", file, "-map", "0:v:0", "-vf", `crop=iw:16:0:8,scale=${BARCODE_BLOCKS}:1:flags=area,format=gray`],
      ...["-vsync", "passthrough", "-enc_time_base", "-1", "-f", "rawvideo", "pipe:1"],
    ],
    onStdout: (chunk) => (bytes = Buffer.concat([bytes, chunk])),
  });
  const numbers = Array.from({ length: bytes.length / BARCODE_BLOCKS }, (_, i) =>
    bytes.subarray(i * BARCODE_BLOCKS + 2, i * BARCODE_BLOCKS + 18).reduce((number, level) => number * 2 + (level > 125 ? 1 : 0), 0),
  );
  return { numbers, complaints: result.stderrTail };
}

/** Bytes of a segment. */
export const segmentBytesOf = (material: EgressMaterial, index: number): Promise<Buffer> =>
  readFile(path.join(material.folder, material.segments[index] ?? ""));
