/** A clip's picture, made by FFmpeg from its last keyframe. A clip without one is whole all the same. */
import { ReplayError } from "@livekit-replay/contract";
import { readPlaylist } from "@livekit-replay/media";
import type { Ffmpeg } from "../platform/ffmpeg.js";
import type { PinAddress, Pins } from "../store/pin.js";

const posterWidth = 640;
const limitMs = 20_000;

/**
 * A JPEG of the keyframe that the clip's last piece begins with.
 * @throws ReplayError `clip_not_found` when the pins are gone; `concatenation_failed`.
 */
export async function posterOf(ffmpeg: Ffmpeg, pins: Pins, clip: PinAddress): Promise<Uint8Array> {
  const list = await pins.list(clip);
  const last = list === null ? undefined : readPlaylist(list.playlist).segments.at(-1);
  if (!last) throw new ReplayError("clip_not_found");
  const input = [...(last.map === null ? [] : [await pins.readFile(clip, last.map)]), await pins.readFile(clip, last.path)];
  const format = last.map === null ? "mpegts" : "mp4";
  const scale = `scale=w='min(${posterWidth},iw)':h=-2`;
  const args = ["-f", format, "-i", "pipe:0", "-an", "-frames:v", "1", "-vf", scale, "-q:v", "4", "-f", "mjpeg", "pipe:1"];
  const picture = await ffmpeg.run({ args, input, limitMs });
  // FFmpeg ends well without a picture where nothing could be decoded.
  if (picture.length === 0) throw new ReplayError("concatenation_failed", { detail: "FFmpeg made no picture" });
  return picture;
}
