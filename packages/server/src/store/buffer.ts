/**
 * One session's buffer as the server sees it: an index in memory that is a cache of the folder and nothing more.
 * Every entry comes from the head of its file, so that a restart, or another server, sees the same.
 */
import { stat } from "node:fs/promises";
import path from "node:path";
import { type BufferWindow, type Millis, ReplayError, type SegmentEntry } from "@livekit-replay/contract";
import type { Playlist, RunInfo, SegmentDescription } from "@livekit-replay/media";
import type { Clock } from "../platform/clock.js";
import type { Counters } from "./counters.js";
import { SessionEraser, TAIL_AGE, TMP_AGE } from "./expire.js";
import { exists, hasCode, syncPresent } from "./files.js";
import { type ForgottenFiles, forgetFrom } from "./forget.js";
import { Coalesced, Lock } from "./lock.js";
import type { Logger } from "./log.js";
import { initName, parseBufferFile, segmentName, tailName, transportName } from "./names.js";
import type { SessionFolder } from "./paths.js";
import { SessionPictures } from "./pictures.js";
import { SessionPlaylists } from "./playlists.js";
import { apart, type StoreSharing } from "./sharing.js";
import { type BufferedSegment, describeFile, MAX_SEGMENT_BYTES, readBounded, readEntry, readInit, readInitBytes } from "./segment-file.js";
import { inOrder, nextRunIn, readSessionFiles, type SessionFiles, type Stray } from "./session-files.js";
import { describeTransportFile, type Encoding, readTransportEntry, withEnds } from "./transport-run.js";
import { firstInWindow, windowOf } from "./window.js";

export type { BufferedSegment, Stray };

/** What a buffer is made of. */
export interface SessionBufferOptions {
  readonly session: SessionFolder;
  /** The session's folder. */
  readonly folder: string;
  readonly bufferMs: Millis;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly sharing: StoreSharing;
}

/** Made by `Buffers.open`. Where several servers see the folder, only the one that the buffer is `own` to writes playlists and removes what left the window. */
export class SessionBuffer {
  readonly session: SessionFolder;
  /** The session's folder. */
  readonly folder: string;
  private readonly bufferMs: Millis;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly counters: Counters;
  private readonly sharing: StoreSharing;
  private readonly eraser: SessionEraser;
  private readonly pictures: SessionPictures;
  private readonly playlistFiles: SessionPlaylists;
  /** Keeps expiry and captures apart. */
  private readonly lock = new Lock();
  /** Keeps readings of the folder in order. */
  private readonly reading = new Lock();
  private readonly refreshing = new Coalesced(() => this.writePlaylists());
  private readonly expiring = new Coalesced(() => this.expire());
  private readonly rereading = new Coalesced(() => this.readAgain());
  private listed: readonly BufferedSegment[] = [];
  private inits: ReadonlyMap<number, RunInfo> = new Map();
  private strayFiles: readonly Stray[] = [];
  private ended = false;
  private isOwn: boolean;

  private constructor(options: SessionBufferOptions) {
    this.session = options.session;
    this.folder = options.folder;
    this.bufferMs = options.bufferMs;
    this.clock = options.clock;
    this.logger = options.logger;
    this.counters = options.counters;
    this.sharing = options.sharing;
    this.isOwn = options.sharing.isAlone();
    this.eraser = new SessionEraser(options.folder, options.logger, options.counters);
    this.pictures = new SessionPictures(options.folder, this.eraser);
    this.playlistFiles = new SessionPlaylists(options.folder, options.logger, options.counters);
  }

  /** Reads the folder (an empty buffer when there is none yet). Throws errors of the file system on the folder itself. */
  static async load(options: SessionBufferOptions): Promise<SessionBuffer> {
    const buffer = new SessionBuffer(options);
    buffer.take(await readSessionFiles(options.folder));
    await buffer.playlistFiles.load();
    for (const stray of buffer.strays)
      options.logger.warn({ folder: options.folder, ...stray }, "a file in a session's folder is left alone");
    buffer.changed();
    return buffer;
  }

  /** Everything closed that is on disk, oldest first (by run, then number). A new array after each change; entries never change. */
  get segments(): readonly BufferedSegment[] {
    return this.listed;
  }

  /** Files that are not ours or not whole, as of the last reading of the folder. */
  get strays(): readonly Stray[] {
    return this.strayFiles;
  }

  /** Bytes of segments, their pictures and init files. */
  get sizeBytes(): number {
    const inits = [...this.inits.values()].reduce((sum, init) => sum + init.sizeBytes, 0);
    return this.listed.reduce((sum, segment) => sum + segment.sizeBytes, inits + this.pictures.sizeBytes);
  }

  /** The playlists as last written. Paths are file names in the session's folder. */
  get playlists(): { readonly live: Playlist | null; readonly full: Playlist | null } {
    return this.playlistFiles.current;
  }

  /** From the later of the oldest frame and newest frame - buffer length, to the newest frame; null without a segment. */
  window(): BufferWindow | null {
    return windowOf(this.listed, this.bufferMs, this.sizeBytes);
  }

  /** The number for the next run: one more than the highest that any file in the folder names, whole or not. */
  nextRun(): Promise<number> {
    return nextRunIn(this.folder);
  }

  /**
   * A segment was closed: reads its head, lists it, and lets playlists and expiry follow in the background. Resolves when it is listed.
   * Null when its file (or its run's init file) is missing or not whole; logged and counted. Entries are listed in the order of the calls.
   */
  async add(entry: Pick<SegmentEntry, "run" | "number">): Promise<BufferedSegment | null> {
    try {
      return await this.reading.run(async () => {
        const segment = (await this.isTransport(entry)) ? await this.readTransport(entry) : await this.readOurs(entry);
        this.insert(segment);
        this.changed();
        return segment;
      });
    } catch (error) {
      this.counters.add("segments_unreadable");
      this.logger.error({ err: error, folder: this.folder, file: segmentName(entry.run, entry.number) }, "a closed segment cannot be read");
      return null;
    }
  }

  /** The session ended (or goes on again): playlists get or lose their end. For the server that has the session. */
  setEnded(ended: boolean): void {
    this.ended = ended;
    this.isOwn = true;
    this.refreshing.ask();
  }

  /** From now on this server writes to the folder: it has the session. What others wrote before is read. */
  async own(): Promise<void> {
    await this.refresh();
    this.isOwn = true;
  }

  /** Reads what others wrote: segments, and the playlists too where they are not ours to write. Never throws; an error is logged and counted. */
  async refresh(): Promise<void> {
    this.rereading.ask();
    await this.rereading.idle();
  }

  /** It is another server's and empty: whoever wants it reads it again. */
  get isNobodys(): boolean {
    return !this.isOwn && this.listed.length === 0 && !this.sharing.isAlone();
  }

  /** Resolves when every `add` asked for so far is listed; playlists and expiry may still be under way. */
  async upToDate(): Promise<void> {
    await this.reading.idle();
  }

  /** Resolves when every `add`, playlist and expiry asked for so far is done. */
  async settled(): Promise<void> {
    await this.reading.idle();
    await this.refreshing.idle();
    await this.expiring.idle();
  }

  /** Runs `work` while no expiry, no other capture and no forgetting of this session runs. Not reentrant. @throws ReplayError `not_ready` when another server is at one for long */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.lock.run(() => apart(this.sharing, this.session.sessionId, () => this.refresh(), work));
  }

  /** A run's format; cached. Throws `ReplayError("no_segments")` when its init file is gone, MediaFormatError when it is broken. */
  async runInfo(run: number): Promise<RunInfo> {
    return this.inits.get(run) ?? this.reach(readInit(this.folder, run));
  }

  /** A run's init file. Throws `ReplayError("no_segments")` when it is gone. */
  initBytes(run: number): Promise<Uint8Array> {
    return this.reach(readInitBytes(this.folder, run));
  }

  /** How a segment is encoded: codecs as RFC 6381 names them, or by their kind. Throws as `runInfo`. */
  async encoding(segment: BufferedSegment): Promise<Encoding> {
    if (segment.transport) return { video: segment.transport.video, audio: segment.transport.audio };
    const { video, audio } = (await this.runInfo(segment.run)).format;
    return { video: { codec: video.codec, width: video.width, height: video.height }, audio: audio && { codec: audio.kind } };
  }

  /** Sample tables of a segment or tail. Throws `ReplayError("no_segments")` when the file is gone, MediaFormatError when it is not whole. */
  describe(segment: BufferedSegment): Promise<SegmentDescription> {
    return this.reach(segment.transport ? describeTransportFile(this.folder, segment) : describeFile(this.folder, segment.file));
  }

  /** The entry of a tail that the recorder wrote. Throws as `describe`. */
  async tail(captureId: string): Promise<BufferedSegment> {
    const file = tailName(captureId);
    return { ...(await this.reach(describeFile(this.folder, file))).info, file };
  }

  /** Removes a tail that is pinned by now. Never throws; an error is logged and counted. */
  async removeTail(captureId: string): Promise<void> {
    await this.eraser.remove(tailName(captureId));
  }

  /** A whole segment or tail (at most 64 MiB). Throws as `describe`. */
  read(segment: BufferedSegment): Promise<Uint8Array> {
    return this.reach(readBounded(path.join(this.folder, segment.file), MAX_SEGMENT_BYTES));
  }

  /** A whole init file or segment by its name (at most 64 MiB). Throws `ReplayError("no_segments")` when there is none. */
  file(name: string): Promise<Uint8Array> {
    const { kind } = parseBufferFile(name);
    if (kind !== "init" && kind !== "segment") throw new ReplayError("no_segments");
    return this.reach(readBounded(path.join(this.folder, name), MAX_SEGMENT_BYTES));
  }

  /** A segment's small picture; null when none was kept. Throws errors of the file system. */
  picture(segment: BufferedSegment): Promise<Uint8Array | null> {
    return this.pictures.read(segment);
  }

  /** Keeps a segment's picture as long as the segment; false when that is gone by now, or the folder is another server's. Throws ReplayError `disk_full`. */
  keepPicture(segment: BufferedSegment, bytes: Uint8Array): Promise<boolean> {
    return this.lock.run(async () => {
      const isThere = this.listed.some(({ file }) => file === segment.file) && (await this.mayWrite());
      if (isThere) await this.pictures.write(segment, bytes);
      return isThere;
    });
  }

  private async readAgain(): Promise<void> {
    try {
      await this.reading.run(async () => {
        await this.readFolder();
        if (!this.isOwn) await this.playlistFiles.load();
      });
    } catch (error) {
      this.counters.add("buffer_sweep_failed");
      this.logger.error({ err: error, folder: this.folder }, "a buffer could not be compared with its folder");
    }
  }

  /** Asked before anything is written or removed: another server may have the session by now. A catalogue that cannot be asked changes nothing. */
  private async mayWrite(): Promise<boolean> {
    if (!this.isOwn) return false;
    if (this.sharing.isAlone()) return true;
    const isElsewhere = await this.sharing.isElsewhere(this.session.sessionId).catch(() => false);
    if (isElsewhere) this.isOwn = false;
    return !isElsewhere;
  }

  /**
   * Compares the index with the folder, and (where it is ours) removes leftovers: tails older than a minute, `.tmp` older than an hour, init files without segments,
   * segments before the window whether listed or not. Throws errors of the file system on the folder itself.
   */
  async sweep(): Promise<void> {
    await this.settled();
    if (!(await this.mayWrite())) return this.refresh();
    const now = this.clock.now();
    await this.lock.run(async () => {
      const files = await this.reading.run(() => this.readFolder());
      for (const file of files.tails) await this.eraser.removeOlder(file, TAIL_AGE, now);
      for (const file of files.tmps) await this.eraser.removeOlder(file, TMP_AGE, now);
      await this.removeUnlisted(files.strays);
      await this.pictures.removeOthers(files.pictures, this.listed);
    });
    this.changed();
    await this.settled();
  }

  /**
   * Removes what was recorded from an instant on (null: everything), and what is left of it in tails, pictures and unfinished files: gone from the disk when this
   * resolves, but for what is counted as failed. Whole segments, so it may begin up to one segment before the instant. Nobody may be recording the session.
   */
  async forget(fromMs: number | null): Promise<ForgottenFiles> {
    if (!(await this.sharing.isElsewhere(this.session.sessionId))) this.isOwn = true;
    const forgotten = await this.exclusive(async () => {
      const found = await this.reading.run(() => this.readFolder());
      const done = await forgetFrom(found, fromMs, {
        segment: (segment) => this.drop(segment),
        file: (file) => this.eraser.remove(file),
        endOfTail: async (file) => (await describeFile(this.folder, file)).info.endWall,
        writtenAt: async (file) => (await stat(path.join(this.folder, file))).mtimeMs,
      });
      await this.pictures.removeOthers(found.pictures, this.listed);
      await syncPresent(this.folder);
      return done;
    });
    this.changed();
    await this.settled();
    return forgotten;
  }

  /** Within `reading`: what is listed already is not read again. */
  private async readFolder(): Promise<SessionFiles> {
    const found = await readSessionFiles(this.folder, new Map(this.listed.map((segment) => [segment.file, segment])));
    this.take(found);
    return found;
  }

  private take(files: SessionFiles): void {
    this.listed = files.segments;
    this.inits = files.inits;
    this.strayFiles = files.strays;
  }

  private insert(segment: BufferedSegment): void {
    const others = this.listed.filter(({ file }) => file !== segment.file);
    const last = others.at(-1);
    this.listed = withEnds(last === undefined || inOrder(last, segment) < 0 ? [...others, segment] : [...others, segment].sort(inOrder));
  }

  private isTransport({ run, number }: Pick<SegmentEntry, "run" | "number">): Promise<boolean> {
    return exists(path.join(this.folder, transportName(run, number)));
  }

  private async readOurs({ run, number }: Pick<SegmentEntry, "run" | "number">): Promise<BufferedSegment> {
    const init = this.inits.get(run) ?? (await readInit(this.folder, run));
    const segment = await readEntry(this.folder, run, number);
    this.inits = new Map(this.inits).set(run, init);
    return segment;
  }

  private async readTransport({ run, number }: Pick<SegmentEntry, "run" | "number">): Promise<BufferedSegment> {
    const known = this.listed.filter((segment) => segment.run === run && segment.transport !== undefined);
    return readTransportEntry(this.folder, run, number, known);
  }

  private changed(): void {
    if (this.isOwn) this.refreshing.ask();
  }

  /** Playlists first, expiry after: a file is taken from the lists before it is taken from the disk. */
  private async writePlaylists(): Promise<void> {
    if (!(await this.mayWrite())) return;
    const first = firstInWindow(this.listed, this.bufferMs);
    const inWindow = this.listed.slice(first);
    const stuck = this.listed.slice(0, first).filter(({ file }) => this.eraser.isStuck(file));
    await this.playlistFiles.write(inWindow, [...stuck, ...inWindow], this.ended);
    this.expiring.ask();
  }

  private async expire(): Promise<void> {
    try {
      await this.lock.run(async () => {
        for (const segment of this.listed.slice(0, firstInWindow(this.listed, this.bufferMs))) await this.drop(segment);
        await this.removeUnusedInits();
      });
    } catch (error) {
      this.counters.add("buffer_expiry_failed");
      this.logger.error({ err: error, folder: this.folder }, "a buffer's old segments could not be removed");
    }
  }

  private async drop(segment: BufferedSegment): Promise<boolean> {
    const gone = (await this.pictures.remove(segment)) && (await this.eraser.remove(segment.file));
    if (gone) this.listed = this.listed.filter(({ file }) => file !== segment.file);
    return gone;
  }

  /** A run that has no segment while a later one has will get none any more. */
  private async removeUnusedInits(): Promise<void> {
    const used = new Set(this.listed.map(({ run }) => run));
    const newest = this.listed.at(-1)?.run ?? -1;
    for (const run of [...this.inits.keys()].filter((candidate) => candidate < newest && !used.has(candidate))) {
      if (!(await this.eraser.remove(initName(run)))) continue;
      const rest = new Map(this.inits);
      rest.delete(run);
      this.inits = rest;
    }
  }

  /** Segments that cannot be listed leave the disk when everything listed is newer: otherwise they would stay as long as the session. */
  private async removeUnlisted(strays: readonly Stray[]): Promise<void> {
    const oldest = this.listed[firstInWindow(this.listed, this.bufferMs)];
    if (oldest === undefined) return;
    for (const { file } of strays) {
      const parsed = parseBufferFile(file);
      if (parsed.kind === "segment" && inOrder(parsed, oldest) < 0) await this.eraser.remove(file);
    }
  }

  private async reach<T>(reading: Promise<T>): Promise<T> {
    try {
      return await reading;
    } catch (error) {
      throw hasCode(error, "ENOENT") ? new ReplayError("no_segments", { cause: error }) : error;
    }
  }
}
