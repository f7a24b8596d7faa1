/** File names in a session's folder, in a user's folder and among pins: one strict pattern each; everything else is foreign and left alone. */
import type { WallMs } from "@livekit-replay/contract";

/** A name in a session's folder (or, without `tail` of a capture and playlists, among pins). */
export type BufferFile =
  | { readonly kind: "init"; readonly run: number }
  | { readonly kind: "segment"; readonly run: number; readonly number: number }
  | { readonly kind: "tail"; readonly captureId: string }
  | { readonly kind: "playlist" }
  /** Not finished: `.tmp` of whatever name. */
  | { readonly kind: "tmp" }
  | { readonly kind: "foreign" };

/** A name in a user's folder of clips. `key` is the `{timestamp}`. */
export type ClipFile =
  | { readonly kind: "mp4" | "poster" | "pins"; readonly key: string }
  /** Not finished. */
  | { readonly kind: "tmp"; readonly key: string | null }
  | { readonly kind: "foreign" };

const COUNT = "(0|[1-9][0-9]{0,8})";
const initPattern = new RegExp(`^init-${COUNT}\\.mp4$`);
const segmentPattern = new RegExp(`^segment-${COUNT}-${COUNT}\\.m4s$`);
const tailPattern = /^tail-([A-Za-z0-9_-]{16,64})\.m4s$/;
const KEY = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}-[0-9]{2}-[0-9]{2}-[0-9]{3}Z(?:-(?:[2-9]|[1-9][0-9]{1,2}))?";
const keyPattern = new RegExp(`^${KEY}$`);
const clipPattern = new RegExp(`^(${KEY})\\.(mp4|jpg|pins)(\\.tmp)?$`);

/** The rolling playlist of a session. */
export const LIVE_PLAYLIST = "live.m3u8";
/** The playlist of everything of a session that is still on disk. */
export const FULL_PLAYLIST = "full.m3u8";
/** The playlist among a clip's pins. */
export const CLIP_PLAYLIST = "clip.m3u8";
/** The last piece among a clip's pins. */
export const PINNED_TAIL = "tail.m4s";
/** Ending of everything that is not finished. */
export const TMP = ".tmp";

/** The init file of a run. */
export const initName = (run: number): string => `init-${run}.mp4`;
/** A segment's file. */
export const segmentName = (run: number, number: number): string => `segment-${run}-${number}.m4s`;
/** The tail that a capture asked for. */
export const tailName = (captureId: string): string => `tail-${captureId}.m4s`;

/** What a name in a session's folder means. */
export function parseBufferFile(name: string): BufferFile {
  if (name.endsWith(TMP)) return { kind: "tmp" };
  const segment = segmentPattern.exec(name);
  if (segment !== null) return { kind: "segment", run: Number(segment[1]), number: Number(segment[2]) };
  const init = initPattern.exec(name);
  if (init !== null) return { kind: "init", run: Number(init[1]) };
  const tail = tailPattern.exec(name);
  if (tail?.[1] !== undefined) return { kind: "tail", captureId: tail[1] };
  return name === LIVE_PLAYLIST || name === FULL_PLAYLIST ? { kind: "playlist" } : { kind: "foreign" };
}

/** What a name in a user's folder of clips means. */
export function parseClipFile(name: string): ClipFile {
  const [, key, type, tmp] = clipPattern.exec(name) ?? [];
  if (key === undefined) return name.endsWith(TMP) ? { kind: "tmp", key: null } : { kind: "foreign" };
  if (tmp !== undefined) return { kind: "tmp", key };
  return { kind: type === "mp4" ? "mp4" : type === "jpg" ? "poster" : "pins", key };
}

/** Whether a text is the `{timestamp}` of a clip's files. */
export const isClipKey = (key: string): boolean => keyPattern.test(key);

/** The `{timestamp}` of an instant; `turn` counts from 1 and becomes a suffix from 2 on, for when the one before is taken. */
export function clipKey(at: WallMs, turn: number): string {
  const stamp = new Date(at).toISOString().replace(/[:.]/g, "-");
  return turn === 1 ? stamp : `${stamp}-${turn}`;
}

/** Names of a clip's files in its owner's folder. */
export const mp4Name = (key: string): string => `${key}.mp4`;
/** A clip's poster. */
export const posterName = (key: string): string => `${key}.jpg`;
/** The folder of a clip's pins. */
export const pinsName = (key: string): string => `${key}.pins`;
