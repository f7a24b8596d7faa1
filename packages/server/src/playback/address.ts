/** How a playlist kept on disk becomes one that is played over HTTP: where its media is, and the signed link that goes on with it. */
import { type Playlist, writePlaylist } from "@livekit-replay/media";

/** The folder of media below a playlist's address. */
const mediaFolder = "media";

/**
 * The text of a playlist whose files are served below `media/`.
 * @param link the `token` of the signed link that asked for it, for players that cannot send a header; null: addresses stay plain.
 */
export function addressed(playlist: Playlist, link: string | null): string {
  const segments = playlist.segments.map((segment) => ({
    ...segment,
    path: `${mediaFolder}/${segment.path}`,
    map: segment.map === null ? null : `${mediaFolder}/${segment.map}`,
  }));
  const text = writePlaylist({ ...playlist, segments });
  return link === null ? text : withLink(text, link);
}

/** Appends the link to every address: lines that are no tags, and `URI` attributes (RFC 8216, 4.1 and 4.2). */
function withLink(text: string, link: string): string {
  const query = `?token=${encodeURIComponent(link)}`;
  return text
    .split("\n")
    .map((line) => {
      if (line === "") return line;
      return line.startsWith("#") ? line.replace(/URI="([^"]*)"/, (_whole, uri: string) => `URI="${uri}${query}"`) : line + query;
    })
    .join("\n");
}
