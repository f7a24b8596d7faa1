/** A VP8 clip as WebM, by copy, among its pins: it plays at once, before its MP4 is encoded. */
import { type Micros, micros } from "@livekit-replay/contract";
import { describeSegment, writeWebm } from "@livekit-replay/media";
import type { PinAddress, Pins } from "../../store/pin.js";
import { readMaterial, readStart } from "../mp4.js";

/**
 * Writes it; false when the pins are gone by now.
 * @throws ReplayError `disk_full`, `clip_not_found`; MediaFormatError when the pins are not whole.
 */
export async function writeClipWebm(pins: Pins, clip: PinAddress): Promise<boolean> {
  const { stretches, startPts } = await readMaterial(pins, clip);
  const pieces = new Map(stretches.flatMap(({ segments }) => segments).map((piece) => [piece.ref, piece]));
  const read = async (ref: string, offset: number, length: number): Promise<Uint8Array> => {
    const bytes = pieces.get(ref)?.bytes ?? (await pins.readFile(clip, ref));
    return bytes.subarray(offset, offset + length);
  };
  return pins.addWebm(clip, async (write) => void (await writeWebm({ stretches, startPts, read, write })));
}

/** Where the clip begins in its WebM: what is decoded before it is not to be shown. 0 where it begins with a keyframe; null when the pins are gone. */
export async function webmStart(pins: Pins, clip: PinAddress): Promise<Micros | null> {
  const start = await readStart(pins, clip);
  if (!start) return null;
  const { piece, startPts } = start;
  const { video } = describeSegment(piece.head, piece.sizeBytes);
  return video.key[video.pts.indexOf(startPts)] === 1 ? micros(0) : micros(startPts - piece.info.startPts);
}
