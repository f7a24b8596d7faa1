/** A playlist becomes text (RFC 8216, protocol version 6 because of EXT-X-MAP). */
import type { Playlist } from "./model.js";

/**
 * The text of a playlist, byte for byte the same for the same data.
 * @throws TypeError naming the field: a path that is absolute, empty or climbs, a segment longer than the target, a number that is none.
 */
export function writePlaylist(playlist: Playlist): string {
  throw new Error(`being built ${playlist.kind}`);
}
