/** One segment's picture through FFmpeg: its frames decoded and encoded as H.264, as many as there were. Times do not pass through FFmpeg: each frame keeps its own. */
import { ReplayError } from "@livekit-replay/contract";
import { annexB, nalUnits } from "@livekit-replay/media";
import type { Ffmpeg } from "../../platform/ffmpeg.js";

/** What to encode. */
export interface FramesOptions {
  /** Init file and segment: together an MP4 that FFmpeg can read. */
  readonly input: readonly [init: Uint8Array, segment: Uint8Array];
  readonly frames: number;
  /** How long the segment is, in seconds: the encoder weighs frames by their rate. */
  readonly seconds: number;
  /** Constant rate factor of x264: higher is smaller and coarser. */
  readonly quality: number;
  /** `baseline` where runs that browsers encoded, which are that, stay beside it. */
  readonly profile: "baseline" | "high";
  readonly signal: AbortSignal;
}

/** Types of NAL units (ITU-T H.264, table 7-1). */
const [sei, delimiter] = [6, 9];
const limitMs = 5 * 60_000;
const fastest = 120;

/**
 * The frames in order, each an access unit in Annex B; the first one an IDR picture with its parameter sets, the others need only those before them.
 * A picture of odd width or height loses its last column or row: H.264 in 4:2:0 has none.
 * @throws ReplayError `concatenation_failed` also when there are more or fewer frames than there were; the signal's reason.
 */
export async function encodeFrames(ffmpeg: Ffmpeg, options: FramesOptions): Promise<Uint8Array[]> {
  const { input, frames, seconds, quality, profile, signal } = options;
  const rate = String(Math.min(fastest, Math.max(1, Math.round(frames / seconds))));
  const stream = await ffmpeg.run({
    input,
    limitMs,
    signal,
    args: [
      ...["-r", rate, "-f", "mp4", "-i", "pipe:0", "-map", "0:v:0", "-an"],
      ...["-vf", "crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0,format=yuv420p"],
      ...["-c:v", "libx264", "-preset", "veryfast", "-crf", String(quality), "-profile:v", profile, "-bf", "0", "-threads", "2"],
      // One keyframe, at the start, with its parameter sets; a delimiter tells where a frame begins.
      ...["-g", "100000", "-sc_threshold", "0", "-x264-params", "aud=1:repeat-headers=1"],
      ...["-f", "h264", "pipe:1"],
    ],
  });
  const units = accessUnits(stream);
  if (units.length === frames) return units;
  throw new ReplayError("concatenation_failed", { cause: new Error(`of ${frames} frames FFmpeg encoded ${units.length}`) });
}

function accessUnits(stream: Uint8Array): Uint8Array[] {
  const found: Uint8Array[][] = [];
  for (const unit of nalUnits(stream)) {
    const type = (unit[0] ?? 0) & 31;
    if (type === delimiter) found.push([]);
    else if (type !== sei) found.at(-1)?.push(unit);
  }
  return found.map(annexB);
}
