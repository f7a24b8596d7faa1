/** A clip's picture, made by FFmpeg from its last keyframe. A clip without one is whole all the same. */
import type { Ffmpeg } from "../platform/ffmpeg.js";

const posterWidth = 640;
const limitMs = 20_000;

/**
 * A JPEG of the first frame of a segment (its keyframe).
 * @param init the run's init file, @param segment a whole segment of it.
 * @throws ReplayError `concatenation_failed`, also when FFmpeg ends well without a picture.
 */
export async function makePoster(ffmpeg: Ffmpeg, init: Uint8Array, segment: Uint8Array): Promise<Uint8Array> {
  const scale = `scale=w='min(${posterWidth},iw)':h=-2`;
  const args = ["-f", "mp4", "-i", "pipe:0", "-an", "-frames:v", "1", "-vf", scale, "-q:v", "4", "-f", "mjpeg", "pipe:1"];
  return ffmpeg.run({ args, input: [init, segment], limitMs });
}
