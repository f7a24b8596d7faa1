/**
 * Segments that LiveKit egress wrote, as files: MPEG transport streams, and the two playlists of a run that say when each of them begins.
 * Egress is another program, maybe on another machine: everything is taken for hostile until it is parsed, and a playlist may be empty or cut while it is written.
 */
import path from "node:path";
import { type Micros, millis, type WallMs, wallMs } from "@livekit-replay/contract";
import {
  describeTransport,
  MediaFormatError,
  type Playlist,
  readPlaylist,
  type RunReason,
  type TransportDescription,
} from "@livekit-replay/media";
import { hasCode } from "./files.js";
import { egressFullName, egressLiveName, parseBufferFile } from "./names.js";
import { type BufferedSegment, MAX_SEGMENT_BYTES, readBounded } from "./segment-file.js";

/** A segment as egress's playlist names it. */
export interface ListedTransport {
  readonly file: string;
  readonly number: number;
  readonly startWall: WallMs;
  readonly duration: Micros;
}

/** What egress's playlists say of a run. */
export interface EgressListing {
  /** By number. */
  readonly segments: ReadonlyMap<number, ListedTransport>;
  /** EXT-X-ENDLIST: egress has finished, nothing follows. */
  readonly ended: boolean;
}

const MAX_PLAYLIST_BYTES = 8 * 1024 * 1024;
/** Egress's EXTINF of a last segment leaves its last frame out; what is shorter by more than this was cut off. */
const TOLERANCE: number = millis(150);

/** Null when it is not there, or just being written. */
async function readEgressPlaylist(folder: string, name: string): Promise<Playlist | null> {
  try {
    return readPlaylist(new TextDecoder().decode(await readBounded(path.join(folder, name), MAX_PLAYLIST_BYTES)));
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR") || error instanceof MediaFormatError) return null;
    throw error;
  }
}

/**
 * Reads both playlists of a run: the full one lags up to a minute in long sessions, the live one knows the newest five segments only.
 * @throws errors of the file system other than missing files.
 */
export async function readEgressListing(folder: string, run: number): Promise<EgressListing> {
  const playlists = [await readEgressPlaylist(folder, egressFullName(run)), await readEgressPlaylist(folder, egressLiveName(run))];
  const segments = new Map<number, ListedTransport>();
  for (const playlist of playlists) {
    for (const { path: file, startWall, duration } of playlist?.segments ?? []) {
      const parsed = parseBufferFile(file);
      if (parsed.kind !== "segment" || parsed.container !== "ts" || parsed.run !== run || startWall === null) continue;
      segments.set(parsed.number, { file, number: parsed.number, startWall, duration });
    }
  }
  return { segments, ended: playlists.some((playlist) => playlist?.ended === true) };
}

/** Why a run of egress began: after a run that egress brought to its end, the share was there again; else its worker was lost. */
export async function egressRunReason(folder: string, run: number): Promise<RunReason> {
  if (run === 0) return "start";
  return (await readEgressListing(folder, run - 1)).ended ? "reconnect" : "restart";
}

/**
 * Reads a whole segment of egress.
 * @throws MediaFormatError when it is none, or not whole; errors of the file system pass through.
 */
export async function readTransport(folder: string, file: string): Promise<TransportDescription> {
  return describeTransport(await readBounded(path.join(folder, file), MAX_SEGMENT_BYTES));
}

/** Where a segment's entry comes from beside its own bytes. */
export interface TransportPlace {
  readonly file: string;
  readonly run: number;
  readonly number: number;
  readonly runReason: RunReason;
  readonly startWall: WallMs;
  /** As egress lists it; null where it does not. */
  readonly duration: Micros | null;
}

/** @throws MediaFormatError `truncated` when the segment is shorter than egress says: it was cut where a packet ends. */
export function transportEntry(description: TransportDescription, place: TransportPlace): BufferedSegment {
  const { startPts, endPts, sizeBytes, pts, audio, format, lead } = description;
  const lengthMs = (endPts - startPts) / 1000;
  if (place.duration !== null && lengthMs < place.duration / 1000 - TOLERANCE)
    throw new MediaFormatError("truncated", "the segment is shorter than egress's playlist says");
  const { file, run, number, runReason, startWall } = place;
  return {
    file,
    run,
    number,
    runReason,
    startPts,
    endPts,
    startWall,
    endWall: wallMs(startWall + lengthMs),
    sizeBytes,
    headBytes: 0,
    frames: pts.length,
    packets: audio?.frames ?? 0,
    gaps: [],
    transport: { ...format, lead },
  };
}
