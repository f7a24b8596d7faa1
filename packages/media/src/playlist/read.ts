/** Playlist text becomes data: strict on what `write` writes, silent on tags it does not know (RFC 8216, 6.3.1). */
import { type Micros, micros, type WallMs, wallMs } from "@livekit-replay/contract";
import { MediaFormatError } from "../segment/error.js";
import { readAttributes } from "./attributes.js";
import type { Playlist, PlaylistKind, PlaylistSegment } from "./model.js";
import { unescapePath } from "./path.js";

const MAX_LINES = 500_000;

/** What the tags read so far have said: about the playlist, and about the next segment. */
interface State {
  kind: PlaylistKind;
  targetSeconds: number | null;
  mediaSequence: number;
  discontinuitySequence: number;
  start: Micros | null;
  ended: boolean;
  map: string | null;
  duration: Micros | null;
  discontinuity: boolean;
  startWall: WallMs | null;
  readonly segments: PlaylistSegment[];
}

const wrong = (tag: string): MediaFormatError => new MediaFormatError("malformed", `${tag} has a value that cannot be read`);

function whole(tag: string, text: string): number {
  const value = /^\d{1,16}$/u.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw wrong(tag);
  return value;
}

/** A decimal number of seconds, at most a day of it per segment or offset. */
function seconds(tag: string, text: string): Micros {
  if (!/^\d{1,5}(?:\.\d{1,20})?$/u.test(text)) throw wrong(tag);
  return micros(Number(text) * 1e6);
}

function readMap(text: string): string {
  const attributes = readAttributes(text);
  const uri = attributes.get("URI");
  if (uri === undefined || attributes.has("BYTERANGE")) throw new MediaFormatError("foreign", "EXT-X-MAP must have a URI and no BYTERANGE");
  return unescapePath(uri);
}

function readDate(text: string): WallMs {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/u.test(text)) throw wrong("EXT-X-PROGRAM-DATE-TIME");
  const value = Date.parse(text);
  if (Number.isNaN(value)) throw wrong("EXT-X-PROGRAM-DATE-TIME");
  return wallMs(value);
}

const KINDS: ReadonlyMap<string, PlaylistKind> = new Map([
  ["EVENT", "event"],
  ["VOD", "vod"],
]);

function readKind(text: string): PlaylistKind {
  const kind = KINDS.get(text);
  if (!kind) throw wrong("EXT-X-PLAYLIST-TYPE");
  return kind;
}

const unsupported = (tag: string) => (): never => {
  throw new MediaFormatError("foreign", `${tag} is not in any playlist of ours`);
};

type TagReader = (state: State, value: string) => void;

const TAGS: ReadonlyMap<string, TagReader> = new Map<string, TagReader>([
  ["EXT-X-TARGETDURATION", (state, value) => void (state.targetSeconds = whole("EXT-X-TARGETDURATION", value))],
  ["EXT-X-MEDIA-SEQUENCE", (state, value) => void (state.mediaSequence = whole("EXT-X-MEDIA-SEQUENCE", value))],
  ["EXT-X-DISCONTINUITY-SEQUENCE", (state, value) => void (state.discontinuitySequence = whole("EXT-X-DISCONTINUITY-SEQUENCE", value))],
  ["EXT-X-PLAYLIST-TYPE", (state, value) => void (state.kind = readKind(value))],
  ["EXT-X-START", (state, value) => void (state.start = seconds("EXT-X-START", readAttributes(value).get("TIME-OFFSET") ?? ""))],
  ["EXT-X-ENDLIST", (state) => void (state.ended = true)],
  ["EXT-X-DISCONTINUITY", (state) => void (state.discontinuity = true)],
  ["EXT-X-MAP", (state, value) => void (state.map = readMap(value))],
  ["EXT-X-PROGRAM-DATE-TIME", (state, value) => void (state.startWall = readDate(value))],
  ["EXTINF", (state, value) => void (state.duration = seconds("EXTINF", value.split(",", 1)[0] ?? ""))],
  ["EXT-X-BYTERANGE", unsupported("EXT-X-BYTERANGE")],
  ["EXT-X-KEY", unsupported("EXT-X-KEY")],
  ["EXT-X-STREAM-INF", unsupported("EXT-X-STREAM-INF")],
]);

function readTag(state: State, line: string): void {
  const colon = line.indexOf(":");
  const name = line.slice(1, colon < 0 ? undefined : colon);
  TAGS.get(name)?.(state, colon < 0 ? "" : line.slice(colon + 1));
}

function readUri(state: State, line: string): void {
  if (state.duration === null) throw new MediaFormatError("malformed", "a segment of the playlist has no EXTINF");
  const { duration, map, discontinuity, startWall } = state;
  state.segments.push({ path: unescapePath(line), duration, map, discontinuity, startWall });
  state.duration = null;
  state.discontinuity = false;
  state.startWall = null;
}

/**
 * Reads a media playlist of ours (or of LiveKit egress: no EXT-X-MAP).
 * @throws MediaFormatError: no `#EXTM3U`, a wrong or missing value, a path that leaves the folder, more than 500,000 lines.
 */
export function readPlaylist(text: string): Playlist {
  const lines = text.split(/\r?\n/u, MAX_LINES + 1);
  if (lines[0] !== "#EXTM3U") throw new MediaFormatError("foreign", "a playlist begins with #EXTM3U");
  if (lines.length > MAX_LINES) throw new MediaFormatError("limit", "the playlist has more lines than any of ours");
  const state: State = {
    kind: "live",
    targetSeconds: null,
    mediaSequence: 0,
    discontinuitySequence: 0,
    start: null,
    ended: false,
    map: null,
    duration: null,
    discontinuity: false,
    startWall: null,
    segments: [],
  };
  for (const line of lines) {
    if (line.startsWith("#EXT")) readTag(state, line);
    else if (line !== "" && !line.startsWith("#")) readUri(state, line);
  }
  if (state.duration !== null) throw new MediaFormatError("truncated", "the playlist ends after an EXTINF");
  const { kind, targetSeconds, mediaSequence, discontinuitySequence, start, ended, segments } = state;
  if (targetSeconds === null) throw new MediaFormatError("malformed", "the playlist has no EXT-X-TARGETDURATION");
  return { kind, targetSeconds, mediaSequence, discontinuitySequence, start, ended, segments };
}
