/**
 * One session's buffer as the server sees it: an index in memory that is a cache of the folder and nothing more.
 * Every entry comes from the head of its file, so that a restart, or another server, sees the same.
 */
import type { BufferWindow, SegmentEntry } from "@livekit-replay/contract";
import type { Playlist, RunInfo, SegmentDescription, SegmentInfo } from "@livekit-replay/media";
import type { SessionFolder } from "./paths.js";

/** A segment of the buffer (or a tail), and its file's name in the session's folder. */
export interface BufferedSegment extends SegmentInfo {
  readonly file: string;
}

/** A file that is not ours or not whole: seen, left alone. */
export interface Stray {
  readonly file: string;
  readonly reason: string;
}

/** Made by `Buffers.open`. */
export abstract class SessionBuffer {
  abstract readonly session: SessionFolder;
  /** The session's folder. */
  abstract readonly folder: string;
  /** Everything closed that is on disk, oldest first (by run, then number). A new array after each change; entries never change. */
  abstract get segments(): readonly BufferedSegment[];
  abstract get strays(): readonly Stray[];
  /** Highest run that the folder knows (by init or segment), -1 without one. The next run is one more. */
  abstract get highestRun(): number;
  /** Bytes of segments and init files. */
  abstract get sizeBytes(): number;
  /** From the later of the oldest frame and newest frame - buffer length, to the newest frame; null without a segment. */
  abstract window(): BufferWindow | null;

  /**
   * A segment was closed: reads its head, lists it, rewrites the playlists, deletes what left the window. Resolves when it is listed (the rest goes on in the background).
   * Null when its file is missing or not whole (logged and counted). Entries are listed in the order of the calls.
   */
  abstract add(entry: Pick<SegmentEntry, "run" | "number">): Promise<BufferedSegment | null>;
  /** The session ended (or goes on again): playlists get or lose their end. */
  abstract setEnded(ended: boolean): void;
  /** The playlists as last written. Paths are file names in the session's folder. */
  abstract get playlists(): { readonly live: Playlist | null; readonly full: Playlist | null };
  /** Resolves when every `add`, playlist and expiry asked for so far is done. */
  abstract settled(): Promise<void>;

  /** Runs `work` while no expiry and no other capture of this session runs. Not reentrant. */
  abstract exclusive<T>(work: () => Promise<T>): Promise<T>;

  /** A run's format; cached. Throws `ReplayError("no_segments")` when its init file is missing or broken. */
  abstract runInfo(run: number): Promise<RunInfo>;
  /** A run's init file. Throws as `runInfo`. */
  abstract initBytes(run: number): Promise<Uint8Array>;
  /** Sample tables of a segment or tail. Throws `ReplayError("no_segments")` when the file is gone, MediaFormatError when it is not whole. */
  abstract describe(segment: BufferedSegment): Promise<SegmentDescription>;
  /** The entry of a tail that the recorder wrote. Throws as `describe`. */
  abstract tail(captureId: string): Promise<BufferedSegment>;
  /** Removes a tail that is pinned by now. Never throws; an error is logged and counted. */
  abstract removeTail(captureId: string): Promise<void>;
  /** A whole segment or tail (at most 64 MiB). Throws as `describe`. */
  abstract read(segment: BufferedSegment): Promise<Uint8Array>;
}
