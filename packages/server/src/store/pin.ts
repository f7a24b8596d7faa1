/** Pins: what a clip is before its MP4 is made. Hard links into the owner's folder, so that the buffer may go. */
import { mkdir, rename } from "node:fs/promises";
import path from "node:path";
import { ReplayError, type WallMs } from "@livekit-replay/contract";
import type { ReadAt } from "@livekit-replay/media";
import type { Counters } from "./counters.js";
import {
  eachOf,
  exists,
  hasCode,
  listFolder,
  makeFolder,
  removeEmpty,
  removeFile,
  syncFile,
  makeWhole,
  readAt,
  syncFolder,
  translate,
  undo,
  withFile,
  writeAll,
  writeWhole,
} from "./files.js";
import { Linker } from "./links.js";
import type { Logger } from "./log.js";
import {
  CLIP_PLAYLIST,
  clipKey,
  isClipKey,
  isEncodedName,
  mp4Name,
  parseBufferFile,
  PINNED_MOVIE,
  PINNED_TAIL,
  PINNED_WEBM,
  pinsName,
  posterName,
  TMP,
} from "./names.js";
import { below, bufferRoot, clipsRoot, type SessionFolder, sessionPath, userPath } from "./paths.js";
import { MAX_SEGMENT_BYTES, readBounded, readHead, type SegmentHead } from "./segment-file.js";
import { inOrder } from "./session-files.js";

/** What to pin, and for whom. */
export interface PinOptions {
  /** The clip's owner. */
  readonly userId: string;
  /** Gives the clip's files their `{timestamp}`. */
  readonly atMs: WallMs;
  /** Where the files are: in a session's folder, or among the pins of another clip. */
  readonly from: SessionFolder | PinAddress;
  /** Names there: init files and whole segments, in order. */
  readonly files: readonly string[];
  /** The last piece, `tail.m4s`: bytes that were rewritten, or the name of a tail file there. Null: the last of `files` is whole. */
  readonly tail: { readonly kind: "bytes"; readonly bytes: Uint8Array } | { readonly kind: "file"; readonly file: string } | null;
  /** Text of `clip.m3u8`. */
  readonly playlist: string;
}

/** Which clip's MP4 to pin, and for whom. */
export interface PinMovieOptions extends Pick<PinOptions, "userId" | "atMs"> {
  readonly clip: PinAddress;
  /** Text of `clip.m3u8`: names the MP4, and says which part of it is wanted. */
  readonly playlist: string;
}

/** What pinning made. */
export interface Pinned {
  /** `{timestamp}`, with a suffix when taken. */
  readonly key: string;
  /** How many bytes were written or copied, not linked. */
  readonly writtenBytes: number;
}

/** What lies among a clip's pins. */
export interface PinList {
  /** Runs whose init files are there, ascending. */
  readonly inits: readonly number[];
  /** Whole segments, by run and number. */
  readonly segments: readonly { readonly run: number; readonly number: number; readonly file: string }[];
  readonly hasTail: boolean;
  /** The MP4 that the clip is trimmed from. */
  readonly hasMovie: boolean;
  /** Text of `clip.m3u8`. */
  readonly playlist: string;
}

/** Where a clip's files are. */
export interface PinAddress {
  readonly userId: string;
  readonly key: string;
}

/** How many clips of one user may begin in the same millisecond. */
const MAX_TURNS = 999;
/** Links made at a time: more would only queue up in Node's four file threads. */
const LINK_WIDTH = 4;
/** The recorder syncs closed segments within a second or so; only the newest can be on their way still. */
const SYNC_NEWEST = 3;
const MAX_PLAYLIST_BYTES = 8 * 1024 * 1024;

/**
 * The folder of a clip's owner.
 * @throws TypeError when the key is none of ours.
 */
export function ownerFolder(root: string, clip: PinAddress): string {
  if (!isClipKey(clip.key)) throw new TypeError("key: must be a clip's timestamp");
  return userPath(root, clip.userId);
}

const isWhole = (file: string): boolean => ["init", "segment"].includes(parseBufferFile(file).kind);
/** What a program makes of pins on the way to the MP4. */
const scratchPattern = /^stretch-[0-9]{1,5}\.mp4\.tmp$/;
const isPinned = (file: string): boolean =>
  isWhole(file) || scratchPattern.test(file) || [PINNED_TAIL, PINNED_MOVIE, CLIP_PLAYLIST].includes(file);

/** Removes a flat folder with its files; does nothing when it is not there. */
export async function removeFlat(folder: string): Promise<void> {
  for (const { name } of await listFolder(folder)) await removeFile(path.join(folder, name));
  await removeEmpty(folder);
}

/** Makes, reads and removes pins. */
export class Pins {
  private readonly root: string;
  private readonly linker: Linker;
  private readonly counters: Counters;

  constructor(root: string, logger: Logger, counters: Counters) {
    this.root = root;
    this.linker = new Linker(logger, counters);
    this.counters = counters;
  }

  /** Tries whether links work from the buffers' folder to the clips'. Both must exist. */
  async probe(): Promise<void> {
    await this.linker.probe(bufferRoot(this.root), clipsRoot(this.root));
  }

  /** How files are pinned: `ok` by link, `degraded` by copy. */
  health(): { readonly status: "ok" | "degraded"; readonly detail?: string } {
    return this.linker.health();
  }

  /**
   * Pins; everything is on disk (synced) under its final name when this resolves, nothing is left behind when it throws. Call it inside `SessionBuffer.exclusive`.
   * @throws ReplayError `disk_full`; `no_segments` when a file is gone. TypeError for a name that is none of a buffer's.
   */
  async pin(options: PinOptions): Promise<Pinned> {
    const { from } = options;
    const source = "sessionId" in from ? sessionPath(this.root, from) : this.folderOf(from);
    if (!options.files.every(isWhole)) throw new TypeError("files: must be names of init files and segments");
    return this.make(options, (folder) => this.fill(folder, source, options));
  }

  /** Pins the MP4 of another clip, to be trimmed. Guarantees and errors as `pin`. */
  pinMovie({ clip, playlist, ...owner }: PinMovieOptions): Promise<Pinned> {
    const movie = below(ownerFolder(this.root, clip), mp4Name(clip.key));
    return this.make(owner, async (folder) => {
      const text = new TextEncoder().encode(playlist);
      await writeWhole(below(folder, CLIP_PLAYLIST), text, { sync: true });
      return text.length + (await this.linker.put(movie, below(folder, PINNED_MOVIE)));
    });
  }

  /** Adds a segment that closed after the answer. False when the pins are gone by now. Idempotent. Throws as `pin`. */
  async addLate(clip: PinAddress, session: SessionFolder, file: string): Promise<boolean> {
    if (parseBufferFile(file).kind !== "segment") throw new TypeError("file: must be a segment's name");
    const folder = this.folderOf(clip);
    const target = below(folder, file);
    if (!(await exists(folder))) return false;
    try {
      await this.linker.put(below(sessionPath(this.root, session), file), target);
      await syncFile(target);
      await syncFolder(folder);
      return true;
    } catch (error) {
      if (hasCode(error, "EEXIST")) return true;
      if (hasCode(error, "ENOENT") && !(await exists(folder))) return false;
      throw await this.giveUp(error, async () => {});
    }
  }

  /** What is pinned; null when there are no pins (or not their playlist). Names that are none of ours are left out. */
  async list(clip: PinAddress): Promise<PinList | null> {
    const folder = this.folderOf(clip);
    const files = (await listFolder(folder)).map(({ name }) => ({ name, parsed: parseBufferFile(name) }));
    if (!files.some(({ name }) => name === CLIP_PLAYLIST)) return null;
    const playlist = new TextDecoder().decode(await this.reach(readBounded(below(folder, CLIP_PLAYLIST), MAX_PLAYLIST_BYTES)));
    const inits = files.flatMap(({ parsed }) => (parsed.kind === "init" ? [parsed.run] : [])).sort((a, b) => a - b);
    const segments = files.flatMap(({ name, parsed }) =>
      parsed.kind === "segment" ? [{ run: parsed.run, number: parsed.number, file: name }] : [],
    );
    const has = (file: string): boolean => files.some(({ name }) => name === file);
    return { inits, segments: segments.sort(inOrder), hasTail: has(PINNED_TAIL), hasMovie: has(PINNED_MOVIE), playlist };
  }

  /**
   * As much of the start of a pinned segment or tail as `describeSegment` needs.
   * @throws ReplayError `clip_not_found` when it is gone, MediaFormatError when it is no segment.
   */
  readHead(clip: PinAddress, file: string): Promise<SegmentHead> {
    return this.reach(readHead(this.pathOf(clip, file)));
  }

  /** A whole file (at most 64 MiB). Throws as `readHead`. */
  readFile(clip: PinAddress, file: string): Promise<Uint8Array> {
    return this.reach(readBounded(this.pathOf(clip, file), MAX_SEGMENT_BYTES));
  }

  /**
   * Where a pinned file lies, for who copies from it.
   * @throws TypeError for a name that is never pinned.
   */
  pathOf(clip: PinAddress, file: string): string {
    if (!isPinned(file) && !isEncodedName(file)) throw new TypeError("file: must be the name of a pinned file");
    return below(this.folderOf(clip), file);
  }

  /**
   * Writes the clip as WebM among its pins. `make` gets a function that writes bytes at a position; nothing is left when it throws.
   * False when the pins are gone by now. Throws ReplayError `disk_full`, `clip_not_found`; what `make` throws.
   */
  async addWebm(
    clip: PinAddress,
    make: (write: (bytes: Uint8Array, position: number) => Promise<void>) => Promise<void>,
  ): Promise<boolean> {
    const file = below(this.folderOf(clip), PINNED_WEBM);
    try {
      await makeWhole(file + TMP, async (handle) => make((bytes, position) => writeAll(handle, bytes, position)));
      await rename(file + TMP, file);
      await syncFolder(path.dirname(file));
      return true;
    } catch (error) {
      if (hasCode(error, "ENOENT") && !(await exists(path.dirname(file)))) return false;
      throw await undo(error, [() => removeFile(file + TMP)]);
    }
  }

  /** Where a program may write what it makes of pins; unfinished by its name, gone with the pins at the latest. */
  scratch(clip: PinAddress, index: number): { readonly folder: string; readonly name: string } {
    return { folder: this.folderOf(clip), name: `stretch-${index}.mp4${TMP}` };
  }

  /** Runs work on a pinned or scratch file, opened for reading. Throws as `readHead`. */
  inspect<T>(clip: PinAddress, file: string, work: (read: ReadAt, sizeBytes: number) => Promise<T>): Promise<T> {
    return this.reach(
      withFile(this.pathOf(clip, file), async (handle) =>
        work((offset, length) => readAt(handle, offset, length), (await handle.stat()).size),
      ),
    );
  }

  /** Removes all scratch files. Idempotent. */
  async removeScratch(clip: PinAddress): Promise<void> {
    const folder = this.folderOf(clip);
    for (const { name } of await listFolder(folder)) if (scratchPattern.test(name)) await removeFile(below(folder, name));
  }

  /** Keeps a piece that was encoded for the clip's MP4 until that is there: work that stopped goes on from it. Throws ReplayError `disk_full`, `clip_not_found`. */
  async addEncoded(clip: PinAddress, file: string, bytes: Uint8Array): Promise<void> {
    if (!isEncodedName(file)) throw new TypeError("file: must be the name of an encoded piece");
    await this.reach(writeWhole(below(this.folderOf(clip), file), bytes, { sync: false }));
  }

  /** Removes the pieces that were encoded for the clip's MP4. Idempotent. */
  async removeEncoded(clip: PinAddress): Promise<void> {
    const folder = this.folderOf(clip);
    for (const { name } of await listFolder(folder)) if (isEncodedName(name)) await removeFile(below(folder, name));
  }

  /** Removes a clip's pins, finished or not: they vanish at once, as a whole. Idempotent. */
  async remove(clip: PinAddress): Promise<void> {
    const folder = this.folderOf(clip);
    const doomed = folder + TMP;
    await removeFlat(doomed);
    try {
      await rename(folder, doomed);
    } catch (error) {
      if (!hasCode(error, "ENOENT")) throw error;
      return;
    }
    await removeFlat(doomed);
    await syncFolder(ownerFolder(this.root, clip));
  }

  private folderOf(clip: PinAddress): string {
    return below(ownerFolder(this.root, clip), pinsName(clip.key));
  }

  /** A folder of pins of its own: filled under its unfinished name, synced, named. */
  private async make({ userId, atMs }: Pick<PinOptions, "userId" | "atMs">, fill: (folder: string) => Promise<number>): Promise<Pinned> {
    const owner = userPath(this.root, userId);
    const key = await this.claim(owner, atMs);
    const folder = below(owner, pinsName(key));
    try {
      const writtenBytes = await fill(folder + TMP);
      await syncFolder(folder + TMP);
      await rename(folder + TMP, folder);
      await syncFolder(owner);
      return { key, writtenBytes };
    } catch (error) {
      throw await this.giveUp(error, () => this.remove({ userId, key }));
    }
  }

  /** Takes the first free key of an instant: the `.tmp` folder is the claim. */
  private async claim(owner: string, at: WallMs): Promise<string> {
    await makeFolder(clipsRoot(this.root), owner);
    for (let turn = 1; turn <= MAX_TURNS; turn += 1) {
      const key = clipKey(at, turn);
      const tmp = below(owner, pinsName(key) + TMP);
      try {
        await mkdir(tmp);
      } catch (error) {
        if (hasCode(error, "EEXIST")) continue;
        throw translate(error);
      }
      const others = [pinsName(key), mp4Name(key), posterName(key)].map((name) => exists(below(owner, name)));
      if (!(await Promise.all(others)).includes(true)) return key;
      await removeFlat(tmp);
    }
    throw new ReplayError("rate_limited", { retryAfterSeconds: 1 });
  }

  /** Puts everything into the unfinished folder; answers how many bytes were written. What must be synced begins first, links are made meanwhile. */
  private async fill(folder: string, source: string, options: PinOptions): Promise<number> {
    const { tail, files } = options;
    let written = 0;
    const write = async (name: string, bytes: Uint8Array): Promise<void> => {
      await writeWhole(below(folder, name), bytes, { sync: true });
      written += bytes.length;
    };
    const put = async (file: string, name: string): Promise<void> => {
      const copied = await this.linker.put(below(source, file), below(folder, name));
      written += copied;
    };
    const tasks: (() => Promise<void>)[] = [() => write(CLIP_PLAYLIST, new TextEncoder().encode(options.playlist))];
    if (tail?.kind === "bytes") tasks.push(() => write(PINNED_TAIL, tail.bytes));
    if (tail?.kind === "file") tasks.push(() => put(tail.file, PINNED_TAIL));
    const newest = files.filter((file) => parseBufferFile(file).kind === "segment").slice(-SYNC_NEWEST);
    const synced = newest.map((file) => async () => {
      await put(file, file);
      await syncFile(below(folder, file));
    });
    const linked = files.filter((file) => !newest.includes(file)).map((file) => () => put(file, file));
    await eachOf([...tasks, ...synced, ...linked], LINK_WIDTH, (task) => task());
    return written;
  }

  /** Takes back, and says why in the words of the catalogue. */
  private async giveUp(error: unknown, takeBack: () => Promise<void>): Promise<unknown> {
    this.counters.add("pins_failed");
    const final = await undo(error, [takeBack]);
    return hasCode(final, "ENOENT") ? new ReplayError("no_segments", { cause: final }) : final;
  }

  private async reach<T>(reading: Promise<T>): Promise<T> {
    try {
      return await reading;
    } catch (error) {
      throw hasCode(error, "ENOENT") ? new ReplayError("clip_not_found", { cause: error }) : error;
    }
  }
}
