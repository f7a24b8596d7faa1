/** Real VP8, VP9 and AV1 for tests: raw pictures through FFmpeg, as a browser's encoder would make them, then through RTP, as the receiver gets them. */
import { rtpTicks, wallMs } from "@livekit-replay/contract";
import { parseVp8Frame } from "../src/codec/vp8.js";
import { parseVp9Frame } from "../src/codec/vp9.js";
import { obusOf, obuType } from "../src/codec/obu.js";
import { videoDepacketizer } from "../src/rtp/depacketizer.js";
import { parseRtpPacket } from "../src/rtp/packet.js";
import type { AccessUnit } from "../src/rtp/picture.js";
import type { VideoKind } from "../src/segment/gop.js";
import { Av1Packetizer, type RtpStreamOptions, Vp8Packetizer, Vp9Packetizer } from "../src/testing/index.js";
import { run } from "./run.js";

/** The codecs of this file. */
export type WebKind = Exclude<VideoKind, "h264">;

/** What is to be encoded. */
export interface RawPictures {
  /** Planar YUV 4:2:0, one behind the other, at 60 per second. */
  readonly raw: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Frames between keyframes. */
  readonly gop: number;
}

const realtime = ["-deadline", "realtime", "-cpu-used", "8", "-lag-in-frames", "0", "-b:v", "1M"];
const encoders: Readonly<Record<WebKind, readonly string[]>> = {
  vp8: ["libvpx", ...realtime, "-auto-alt-ref", "0"],
  vp9: ["libvpx-vp9", ...realtime],
  av1: ["libaom-av1", "-usage", "realtime", "-cpu-used", "8", "-lag-in-frames", "0", "-crf", "10", "-b:v", "0"],
};

/** An encoded frame. */
export interface EncodedFrame {
  readonly key: boolean;
  readonly data: Uint8Array;
}

const keyTests: Readonly<Record<WebKind, (data: Uint8Array) => boolean>> = {
  vp8: (data) => parseVp8Frame(data)?.key === true,
  vp9: (data) => parseVp9Frame(data)?.key === true,
  av1: (data) => obusOf(data)?.some(({ type }) => type === obuType.sequence) === true,
};

/** Frames of an IVF file: a header of 32 bytes; of each frame 12, which begin with its size. */
function splitIvf(ivf: Buffer): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 32; at + 12 <= ivf.length;) {
    const end = at + 12 + ivf.readUInt32LE(at);
    frames.push(Uint8Array.from(ivf.subarray(at + 12, end)));
    at = end;
  }
  return frames;
}

/** Encodes; one frame comes out for each picture. */
export async function encode(kind: WebKind, { raw, width, height, gop }: RawPictures): Promise<readonly EncodedFrame[]> {
  const input = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", `${width}x${height}`, "-r", "60", "-i", "-"];
  const keys = ["-g", String(gop), "-keyint_min", String(gop)];
  const { stdout } = await run("ffmpeg", ["-v", "error", ...input, "-c:v", ...encoders[kind], ...keys, "-f", "ivf", "-"], raw);
  return splitIvf(stdout).map((data) => ({ key: keyTests[kind](data), data }));
}

/** A packetiser of a codec. */
export function packetizerOf(kind: WebKind, options: RtpStreamOptions): Vp8Packetizer | Vp9Packetizer | Av1Packetizer {
  if (kind === "vp8") return new Vp8Packetizer(options);
  return kind === "vp9" ? new Vp9Packetizer(options) : new Av1Packetizer(options);
}

/** Frames as the depacketiser gives them. */
export function throughRtp(kind: WebKind, frames: readonly EncodedFrame[]): readonly AccessUnit[] {
  const units: AccessUnit[] = [];
  const depacketizer = videoDepacketizer(kind, { onAccessUnit: (unit) => units.push(unit) });
  const packetizer = packetizerOf(kind, { ssrc: 1, payloadType: 96 });
  frames.forEach(({ data }, i) => {
    for (const bytes of packetizer.packetize(data, rtpTicks(i * 1500))) {
      const packet = parseRtpPacket(bytes, wallMs(i));
      if (packet) depacketizer.push(packet);
    }
  });
  return units;
}
