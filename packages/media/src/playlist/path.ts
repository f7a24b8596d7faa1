/** Paths in playlists: names on disk on one side, URI references (RFC 3986) on the other. */
import { MediaFormatError } from "../segment/error.js";

const MAX_PATH = 1024;

/** Control characters end a line or a header; a backslash is a separator somewhere. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const FORBIDDEN = /[\u0000-\u001f\u007f\\]/u;

/** Whether a path stays below the playlist: no empty name, no `.` or `..`, no control character, well-formed Unicode. */
export function isPlainPath(path: string): boolean {
  if (path.length > MAX_PATH || FORBIDDEN.test(path) || !path.isWellFormed()) return false;
  return path.split("/").every((name) => name !== "" && name !== "." && name !== "..");
}

/** Escapes each name; the result holds no quote, comma, colon, `#` or space, so that it is safe as a line and as a quoted value. */
export function escapePath(path: string): string {
  if (!isPlainPath(path)) throw new TypeError("path must be relative, without empty names, dots or control characters");
  return path.split("/").map(encodeURIComponent).join("/");
}

/** Undoes `escapePath`; throws MediaFormatError for what does not stay below the playlist, absolute URIs and queries. */
export function unescapePath(uri: string): string {
  if (/[?#:]/u.test(uri)) throw new MediaFormatError("foreign", "a URI in the playlist is not a plain relative path");
  const path = uri.split("/").map(unescapeName).join("/");
  if (path.split("/").length !== uri.split("/").length || !isPlainPath(path))
    throw new MediaFormatError("foreign", "a URI in the playlist leaves its folder");
  return path;
}

function unescapeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch (cause) {
    throw new MediaFormatError("malformed", "a URI in the playlist is escaped wrongly", { cause });
  }
}
