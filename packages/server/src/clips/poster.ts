/** A clip's picture, made by FFmpeg from its last keyframe. A clip without one is whole all the same. */
import { ReplayError } from "@livekit-replay/contract";
import { type Playlist, readPlaylist } from "@livekit-replay/media";
import type { Ffmpeg } from "../platform/ffmpeg.js";
import type { PinAddress, Pins } from "../store/pin.js";

const posterWidth = 640;
const limitMs = 20_000;
/** How long before its end the picture of a part is from, in µs. */
const beforeEnd = 200_000;

/**
 * A JPEG of the keyframe that the clip's last piece begins with.
 * @throws ReplayError `clip_not_found` when the pins are gone; `concatenation_failed`.
 */
export async function posterOf(ffmpeg: Ffmpeg, pins: Pins, clip: PinAddress): Promise<Uint8Array> {
  const list = await pins.list(clip);
  const playlist = list && readPlaylist(list.playlist);
  const last = playlist?.segments.at(-1);
  if (!playlist || !last) throw new ReplayError("clip_not_found");
  if (list.hasMovie) return pictureOf(ffmpeg, { args: ofMovie(pins.pathOf(clip, last.path), playlist) });
  const input = [...(last.map === null ? [] : [await pins.readFile(clip, last.map)]), await pins.readFile(clip, last.path)];
  return pictureOf(ffmpeg, { args: ["-f", last.map === null ? "mpegts" : "mp4", "-i", "pipe:0"], input });
}

/** The end of a part of an MP4, but nothing from before it. */
function ofMovie(file: string, { start, segments }: Playlist): string[] {
  const end = segments[0]?.duration ?? 0;
  const at = Math.max(start ?? 0, end - beforeEnd);
  return ["-ss", String(at / 1e6), "-i", `file:${file}`];
}

async function pictureOf(
  ffmpeg: Ffmpeg,
  { args, input }: { readonly args: readonly string[]; readonly input?: Uint8Array[] },
): Promise<Uint8Array> {
  const scale = `scale=w='min(${posterWidth},iw)':h=-2`;
  const out = ["-an", "-frames:v", "1", "-vf", scale, "-q:v", "4", "-f", "mjpeg", "pipe:1"];
  const picture = await ffmpeg.run({ args: [...args, ...out], ...(input && { input }), limitMs });
  // FFmpeg ends well without a picture where nothing could be decoded.
  if (picture.length === 0) throw new ReplayError("concatenation_failed", { detail: "FFmpeg made no picture" });
  return picture;
}
