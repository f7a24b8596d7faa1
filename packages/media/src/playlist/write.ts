/** A playlist becomes text (RFC 8216, protocol version 6 because of EXT-X-MAP). */
import type { Micros, WallMs } from "@livekit-replay/contract";
import type { Playlist, PlaylistSegment } from "./model.js";
import { escapePath } from "./path.js";

const count = (name: string, value: number, least: number): number => {
  if (!Number.isSafeInteger(value) || value < least) throw new TypeError(`${name} must be a whole number, at least ${least}`);
  return value;
};

/** Seconds with all six digits: a media time is never rounded on its way through a playlist. */
const seconds = (name: string, value: Micros): string => {
  const whole = count(name, value, 0);
  return `${Math.floor(whole / 1e6)}.${String(whole % 1e6).padStart(6, "0")}`;
};

const date = (wall: WallMs): string => {
  const found = new Date(Math.round(wall));
  if (Number.isNaN(found.getTime()) || wall < 0 || wall > 253_402_300_799_000)
    throw new TypeError("startWall must be an instant between 1970 and 9999");
  return found.toISOString();
};

const TYPES: Readonly<Record<Playlist["kind"], readonly string[]>> = {
  live: [],
  event: ["#EXT-X-PLAYLIST-TYPE:EVENT"],
  vod: ["#EXT-X-PLAYLIST-TYPE:VOD"],
};

function header(playlist: Playlist): readonly string[] {
  const { targetSeconds, mediaSequence, discontinuitySequence, start, kind } = playlist;
  return [
    "#EXTM3U",
    "#EXT-X-VERSION:6",
    `#EXT-X-TARGETDURATION:${count("targetSeconds", targetSeconds, 1)}`,
    `#EXT-X-MEDIA-SEQUENCE:${count("mediaSequence", mediaSequence, 0)}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${count("discontinuitySequence", discontinuitySequence, 0)}`,
    ...TYPES[kind],
    "#EXT-X-INDEPENDENT-SEGMENTS",
    ...(start === null ? [] : [`#EXT-X-START:TIME-OFFSET=${seconds("start", start)},PRECISE=YES`]),
  ];
}

/** `previous`: the segment before; its map stays in force until another one or a discontinuity. */
function lines(segment: PlaylistSegment, previous: PlaylistSegment | undefined, target: number): readonly string[] {
  const { path, duration, map, discontinuity, startWall } = segment;
  if (duration > target * 1e6) throw new TypeError("targetSeconds must be at least the longest segment");
  if (map === null && previous && previous.map !== null) throw new TypeError("map must not be null after a segment that has one");
  const mapNeeded = map !== null && (discontinuity || !previous || previous.map !== map);
  return [
    ...(discontinuity ? ["#EXT-X-DISCONTINUITY"] : []),
    ...(mapNeeded ? [`#EXT-X-MAP:URI="${escapePath(map)}"`] : []),
    ...(startWall === null ? [] : [`#EXT-X-PROGRAM-DATE-TIME:${date(startWall)}`]),
    `#EXTINF:${seconds("duration", duration)},`,
    escapePath(path),
  ];
}

/**
 * The text of a playlist, byte for byte the same for the same data.
 * @throws TypeError naming the field: a path that is absolute, empty or climbs, a segment longer than the target, a number that is none.
 */
export function writePlaylist(playlist: Playlist): string {
  const { segments, targetSeconds, ended } = playlist;
  const media = segments.flatMap((segment, i) => lines(segment, segments[i - 1], targetSeconds));
  return [...header(playlist), ...media, ...(ended ? ["#EXT-X-ENDLIST"] : []), ""].join("\n");
}
