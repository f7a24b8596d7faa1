/** Playlist text becomes data: strict on what `write` writes, silent on tags it does not know (RFC 8216, 6.3.1). */
import type { Playlist } from "./model.js";

/**
 * Reads a media playlist of ours (or of LiveKit egress: no EXT-X-MAP).
 * @throws MediaFormatError: no `#EXTM3U`, a wrong or missing value, a path that leaves the folder, more than 100,000 lines.
 */
export function readPlaylist(text: string): Playlist {
  throw new Error(`being built ${text.length}`);
}
