/** File names in a session's folder, in a user's folder and among pins: one strict pattern each; everything else is foreign and left alone. */
import type { WallMs } from "@livekit-replay/contract";

/** A name in a session's folder (or, without `tail` of a capture and playlists, among pins). */
export type BufferFile =
  | { readonly kind: "init"; readonly run: number }
  /** `ts`: written by LiveKit egress, an MPEG transport stream that needs no init file. */
  | { readonly kind: "segment"; readonly run: number; readonly number: number; readonly container: "cmaf" | "ts" }
  | { readonly kind: "tail"; readonly captureId: string }
  /** Of a segment, for the strip. */
  | { readonly kind: "picture"; readonly run: number; readonly number: number }
  | { readonly kind: "playlist" }
  /** Egress's own playlist of a run: of everything, or of its newest five segments. */
  | { readonly kind: "egress-playlist"; readonly run: number }
  /** Not finished: `.tmp` of whatever name. */
  | { readonly kind: "tmp" }
  | { readonly kind: "foreign" };

/** A name in a user's folder of clips. `key` is the `{timestamp}`. */
export type ClipFile =
  | { readonly kind: "mp4" | "aac" | "poster" | "pins"; readonly key: string }
  /** Not finished. */
  | { readonly kind: "tmp"; readonly key: string | null }
  | { readonly kind: "foreign" };

const COUNT = "(0|[1-9][0-9]{0,8})";
const initPattern = new RegExp(`^init-${COUNT}\\.mp4$`);
const segmentPattern = new RegExp(`^segment-${COUNT}-${COUNT}\\.m4s$`);
/** Run 0 has no number in its names, so that they are those that egress is known by. */
const RUN = "(?:-([1-9][0-9]{0,8}))?";
const transportPattern = new RegExp(`^segment${RUN}_([0-9]{5}|[1-9][0-9]{5,8})\\.ts$`);
const egressPlaylistPattern = new RegExp(`^egress-(?:full|live)${RUN}\\.m3u8$`);
const tailPattern = /^tail-([A-Za-z0-9_-]{16,64})\.m4s$/;
const KEY = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}-[0-9]{2}-[0-9]{2}-[0-9]{3}Z(?:-(?:[2-9]|[1-9][0-9]{1,2}))?";
const keyPattern = new RegExp(`^${KEY}$`);
const clipPattern = new RegExp(`^(${KEY})\\.(mp4|aac\\.mp4|jpg|pins)(\\.tmp)?$`);

/** The rolling playlist of a session. */
export const LIVE_PLAYLIST = "live.m3u8";
/** The playlist of everything of a session that is still on disk. */
export const FULL_PLAYLIST = "full.m3u8";
/** The playlist among a clip's pins. */
export const CLIP_PLAYLIST = "clip.m3u8";
/** The last piece among a clip's pins. */
export const PINNED_TAIL = "tail.m4s";
/** A clip as WebM among its pins, where HLS does not play its codec. */
export const PINNED_WEBM = "clip.webm";
/** Among the pins of a clip that is trimmed from an MP4: that MP4, whole, until the part of it is made. */
export const PINNED_MOVIE = "source.mp4";
/** A pinned segment (or tail) whose picture was encoded as H.264, while the clip's MP4 is being made. */
export const encodedName = (run: number, number: number): string => `h264-${run}-${number}.m4s`;
/** The init file of a run that was encoded as H.264. */
export const encodedInitName = (run: number): string => `h264-${run}.mp4`;
const encodedPattern = new RegExp(`^h264-${COUNT}(\\.mp4|-${COUNT}\\.m4s)$`);
/** Whether a name is one of the two above. */
export const isEncodedName = (name: string): boolean => encodedPattern.test(name);
/** A segment's picture for the strip. */
export const pictureName = (run: number, number: number): string => `picture-${run}-${number}.jpg`;
const picturePattern = new RegExp(`^picture-${COUNT}-${COUNT}\\.jpg$`);
/** Ending of everything that is not finished. */
export const TMP = ".tmp";

/** The init file of a run. */
export const initName = (run: number): string => `init-${run}.mp4`;
/** A segment's file. */
export const segmentName = (run: number, number: number): string => `segment-${run}-${number}.m4s`;
/** What egress puts before its segments' numbers. */
export const transportPrefix = (run: number): string => (run === 0 ? "segment" : `segment-${run}`);
/** A segment's file as egress names it. */
export const transportName = (run: number, number: number): string => `${transportPrefix(run)}_${String(number).padStart(5, "0")}.ts`;
/** Egress's playlist of everything of a run; in long sessions up to a minute behind. */
export const egressFullName = (run: number): string => (run === 0 ? "egress-full.m3u8" : `egress-full-${run}.m3u8`);
/** Egress's playlist of a run's newest five segments. */
export const egressLiveName = (run: number): string => (run === 0 ? "egress-live.m3u8" : `egress-live-${run}.m3u8`);
/** The tail that a capture asked for. */
export const tailName = (captureId: string): string => `tail-${captureId}.m4s`;

/** What a name in a session's folder means. */
export function parseBufferFile(name: string): BufferFile {
  if (name.endsWith(TMP)) return { kind: "tmp" };
  const segment = segmentPattern.exec(name);
  if (segment !== null) return { kind: "segment", run: Number(segment[1]), number: Number(segment[2]), container: "cmaf" };
  const transport = transportPattern.exec(name);
  if (transport !== null) return { kind: "segment", run: Number(transport[1] ?? 0), number: Number(transport[2]), container: "ts" };
  const init = initPattern.exec(name);
  if (init !== null) return { kind: "init", run: Number(init[1]) };
  const tail = tailPattern.exec(name);
  if (tail?.[1] !== undefined) return { kind: "tail", captureId: tail[1] };
  const picture = picturePattern.exec(name);
  if (picture !== null) return { kind: "picture", run: Number(picture[1]), number: Number(picture[2]) };
  const egressPlaylist = egressPlaylistPattern.exec(name);
  if (egressPlaylist !== null) return { kind: "egress-playlist", run: Number(egressPlaylist[1] ?? 0) };
  return name === LIVE_PLAYLIST || name === FULL_PLAYLIST ? { kind: "playlist" } : { kind: "foreign" };
}

const clipKinds: Readonly<Record<string, "mp4" | "aac" | "poster" | "pins">> = {
  mp4: "mp4",
  "aac.mp4": "aac",
  jpg: "poster",
  pins: "pins",
};

/** What a name in a user's folder of clips means. */
export function parseClipFile(name: string): ClipFile {
  const [, key, type, tmp] = clipPattern.exec(name) ?? [];
  if (key === undefined) return name.endsWith(TMP) ? { kind: "tmp", key: null } : { kind: "foreign" };
  if (tmp !== undefined) return { kind: "tmp", key };
  return { kind: clipKinds[type ?? ""] ?? "pins", key };
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
/** The same with AAC sound, made when it was asked for. */
export const aacName = (key: string): string => `${key}.aac.mp4`;
/** A clip's poster. */
export const posterName = (key: string): string => `${key}.jpg`;
/** The folder of a clip's pins. */
export const pinsName = (key: string): string => `${key}.pins`;
