/** The MP4 of a clip that is a part of another one's MP4, which is among its pins: planned from them alone, so that a server that was started again makes the same file. */
import { type Micros, micros, ReplayError } from "@livekit-replay/contract";
import { MediaFormatError, readMovieFile, readPlaylist, trimMovie, verifyFlat } from "@livekit-replay/media";
import type { WrittenMp4 } from "../store/finalise.js";
import { PINNED_MOVIE } from "../store/names.js";
import type { Store } from "../store/open.js";
import type { PinAddress } from "../store/pin.js";

/** What it is written with. */
export interface WriteTrimmedOptions {
  readonly store: Pick<Store, "pins" | "clips">;
  readonly clip: PinAddress;
  readonly signal: AbortSignal;
}

/**
 * Writes it and verifies it.
 * @throws ReplayError `clip_not_found` when the pins are gone, `disk_full`; MediaFormatError; the signal's reason.
 */
export async function writeTrimmed({ store, clip, signal }: WriteTrimmedOptions): Promise<{ written: WrittenMp4; duration: Micros }> {
  const list = await store.pins.list(clip);
  if (!list?.hasMovie) throw new ReplayError("clip_not_found");
  const { start, segments } = readPlaylist(list.playlist);
  const { tracks } = await store.pins.inspect(clip, PINNED_MOVIE, readMovieFile);
  const part = trimMovie(tracks, PINNED_MOVIE, { start: start ?? micros(0), end: segments[0]?.duration ?? micros(0) });
  if (part.kind !== "kept") throw new MediaFormatError("mismatch", "the pinned MP4 has no such part");
  const { plan } = part;
  const written = await store.clips.writeMp4({
    clip,
    plan,
    signal,
    verify: (read, sizeBytes) => verifyFlat(read, sizeBytes, plan.expected),
  });
  return { written, duration: plan.expected.duration };
}
