/** The finished files of a clip: its MP4, written from a plan or by a program, the same with AAC sound, and its poster. */
import type { FileHandle } from "node:fs/promises";
import { lstat, rename } from "node:fs/promises";
import path from "node:path";
import { ReplayError } from "@livekit-replay/contract";
import type { FlatPart, FlatPlan, ReadAt } from "@livekit-replay/media";
import type { Counters } from "./counters.js";
import {
  createFile,
  hasCode,
  listFolder,
  readAt,
  removeFile,
  syncFile,
  syncFolder,
  syncPresent,
  undo,
  withFile,
  writeAll,
  writeWhole,
} from "./files.js";
import { Lock } from "./lock.js";
import { aacName, mp4Name, pinsName, posterName, TMP } from "./names.js";
import { below } from "./paths.js";
import { ownerFolder, type PinAddress, type Pins } from "./pin.js";

/** What to write, and how to know that it is right. */
export interface Mp4Options {
  readonly clip: PinAddress;
  /** `ref` is a file's name among the clip's pins. */
  readonly plan: Pick<FlatPlan<string>, "head" | "parts" | "sizeBytes">;
  /** Reads the written file back before it gets its name; throws when it is not the one that was planned. */
  readonly verify: (read: ReadAt, sizeBytes: number) => Promise<void>;
  readonly signal?: AbortSignal;
}

/** A file that a program writes. */
export interface MadeFileOptions {
  readonly clip: PinAddress;
  readonly what: "mp4" | "aac";
  /** Writes the file at a path, whole, and makes sure that it is right; throws when it is not. Must have ended its program when it throws. */
  readonly make: (target: string) => Promise<void>;
  readonly signal?: AbortSignal;
}

/** What was written, and how long it took. */
export interface WrittenMp4 {
  readonly sizeBytes: number;
  /** Copying and syncing. */
  readonly writeMs: number;
  readonly verifyMs: number;
}

/** Bytes on disk; null for what is not there. */
export interface ClipSizes {
  readonly mp4: number | null;
  readonly aac: number | null;
  readonly poster: number | null;
  /** Of all pinned files, whether they are links or not. */
  readonly pins: number | null;
}

const BUFFER_BYTES = 2 * 1024 * 1024;

/** Copies parts into one file with two buffers: one is read into while the other is written. */
class Copier {
  private readonly buffers = [Buffer.allocUnsafe(BUFFER_BYTES), Buffer.allocUnsafe(BUFFER_BYTES)] as const;
  private readonly target: FileHandle;
  private readonly pathOf: (ref: string) => string;
  private readonly signal: AbortSignal | undefined;
  private turn = 0;
  private position = 0;
  private writing: Promise<void> = Promise.resolve();

  constructor(target: FileHandle, pathOf: (ref: string) => string, signal: AbortSignal | undefined) {
    this.target = target;
    this.pathOf = pathOf;
    this.signal = signal;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.position;
  }

  async bytes(bytes: Uint8Array): Promise<void> {
    await this.writing;
    this.write(bytes);
  }

  async part(part: FlatPart<string>): Promise<void> {
    if (part.kind === "bytes") return this.bytes(part.bytes);
    await withFile(this.pathOf(part.ref), async (source) => {
      for (let done = 0; done < part.length;) done += await this.chunk(source, part.offset + done, part.length - done, part.ref);
    });
  }

  /** Waits for the last write. Also after an error: nothing may be written to a file that is taken back. */
  async settle(): Promise<void> {
    await this.writing;
  }

  private async chunk(source: FileHandle, offset: number, left: number, ref: string): Promise<number> {
    this.signal?.throwIfAborted();
    const buffer = this.turn === 0 ? this.buffers[0] : this.buffers[1];
    this.turn = 1 - this.turn;
    const { bytesRead } = await source.read(buffer, 0, Math.min(left, BUFFER_BYTES), offset);
    if (bytesRead === 0) throw new ReplayError("clip_not_found", { detail: `A pinned file is shorter than planned: ${ref}` });
    await this.writing;
    this.write(buffer.subarray(0, bytesRead));
    return bytesRead;
  }

  private write(bytes: Uint8Array): void {
    const at = this.position;
    this.position += bytes.length;
    this.writing = writeAll(this.target, bytes, at);
    // Awaited before the next write; until then a failure must not count as unhandled.
    this.writing.catch(() => {});
  }
}

/** Writes and removes a clip's files. */
export class ClipFiles {
  private readonly root: string;
  private readonly pins: Pins;
  private readonly counters: Counters;
  private readonly assertOurs: (clip: PinAddress) => Promise<void>;
  /** One piece of work at a time on a clip's files: an MP4 that is being written must not get its name after the clip was removed. */
  private readonly locks = new Map<string, { readonly lock: Lock; users: number }>();

  /** @param assertOurs throws when another server is at work on the clip's files; asked before a file gets its name. */
  constructor(root: string, pins: Pins, counters: Counters, assertOurs: (clip: PinAddress) => Promise<void> = () => Promise.resolve()) {
    this.root = root;
    this.pins = pins;
    this.counters = counters;
    this.assertOurs = assertOurs;
  }

  /**
   * Writes `{timestamp}.mp4`: copy, fsync, verify, rename, fsync of the folder. Replaces one that is there. Uses two buffers of 2 MiB whatever the length.
   * Waits for other work on this clip's files. Nothing is left behind when it throws: ReplayError `disk_full`, `clip_not_found` when pins are gone;
   * the signal's reason; what `verify` throws.
   */
  writeMp4(options: Mp4Options): Promise<WrittenMp4> {
    return this.alone(options.clip, async (folder) => {
      const file = below(folder, mp4Name(options.clip.key));
      try {
        options.signal?.throwIfAborted();
        await this.mustExist(options.clip, folder);
        const written = await this.writeTmp(file + TMP, options);
        await this.assertOurs(options.clip);
        options.signal?.throwIfAborted();
        await rename(file + TMP, file);
        await syncFolder(folder);
        return written;
      } catch (error) {
        this.counters.add("mp4s_failed");
        const final = await undo(error, [() => removeFile(file + TMP)]);
        throw hasCode(final, "ENOENT") ? new ReplayError("clip_not_found", { cause: final }) : final;
      }
    });
  }

  /**
   * Lets a program write `{timestamp}.mp4` or `{timestamp}.aac.mp4`; answers its size. It is synced, and appears under its name only when `make` is content.
   * Waits for other work on this clip's files, and keeps it waiting: end it by the signal before the clip is removed. Throws as `writeMp4`, and what `make` throws.
   */
  writeMade({ clip, what, make, signal }: MadeFileOptions): Promise<number> {
    return this.alone(clip, async (folder) => {
      const file = below(folder, what === "mp4" ? mp4Name(clip.key) : aacName(clip.key));
      try {
        signal?.throwIfAborted();
        await this.mustExist(clip, folder);
        await make(file + TMP);
        signal?.throwIfAborted();
        await syncFile(file + TMP);
        const sizeBytes = await sizeOf(file + TMP);
        await this.assertOurs(clip);
        signal?.throwIfAborted();
        await rename(file + TMP, file);
        await syncFolder(folder);
        return sizeBytes ?? 0;
      } catch (error) {
        this.counters.add("conversions_failed");
        const final = await undo(error, [() => removeFile(file + TMP)]);
        throw hasCode(final, "ENOENT") ? new ReplayError("clip_not_found", { cause: final }) : final;
      }
    });
  }

  /** Runs work on a clip's MP4, opened for reading. Throws ReplayError `clip_not_found` when it is not there. */
  async inspect<T>(clip: PinAddress, work: (read: ReadAt, sizeBytes: number) => Promise<T>): Promise<T> {
    const file = below(ownerFolder(this.root, clip), mp4Name(clip.key));
    try {
      return await withFile(file, async (handle) => work((offset, length) => readAt(handle, offset, length), (await handle.stat()).size));
    } catch (error) {
      throw hasCode(error, "ENOENT") ? new ReplayError("clip_not_found", { cause: error }) : error;
    }
  }

  /** Removes the MP4 with AAC sound: it can be made again. Idempotent. */
  removeAac(clip: PinAddress): Promise<void> {
    return this.alone(clip, async (folder) => {
      if (await removeFile(below(folder, aacName(clip.key)))) await syncFolder(folder);
    });
  }

  /** Writes `{timestamp}.jpg`. Throws ReplayError `disk_full`, `clip_not_found` when the clip is gone. */
  writePoster(clip: PinAddress, bytes: Uint8Array): Promise<void> {
    return this.alone(clip, async (folder) => {
      await this.mustExist(clip, folder);
      await writeWhole(below(folder, posterName(clip.key)), bytes, { sync: true });
      await syncFolder(folder);
    });
  }

  /**
   * Removes everything of a clip and syncs the folder. Idempotent. Throws the first error after having tried all files.
   * Waits for an MP4 that is being written: abort that first.
   */
  remove(clip: PinAddress): Promise<void> {
    return this.alone(clip, async (folder) => {
      const names = [mp4Name, aacName, posterName].flatMap((name) => [name(clip.key), name(clip.key) + TMP]);
      const steps = [
        ...names.map((name) => () => removeFile(below(folder, name))),
        () => this.pins.remove(clip),
        () => syncPresent(folder),
      ];
      const errors: unknown[] = [];
      for (const step of steps) await step().catch((error: unknown) => errors.push(error));
      if (errors.length > 0) throw errors[0];
    });
  }

  /** Bytes on disk. */
  async sizes(clip: PinAddress): Promise<ClipSizes> {
    const folder = ownerFolder(this.root, clip);
    const pins = below(folder, pinsName(clip.key));
    const of = (name: (key: string) => string): Promise<number | null> => sizeOf(below(folder, name(clip.key)));
    const [mp4, aac, poster, pinned] = await Promise.all([of(mp4Name), of(aacName), of(posterName), of(pinsName)]);
    if (pinned === null) return { mp4, aac, poster, pins: null };
    let sum = 0;
    for (const { name } of await listFolder(pins)) sum += (await sizeOf(path.join(pins, name))) ?? 0;
    return { mp4, aac, poster, pins: sum };
  }

  /** Files of a clip that is gone would be files without a row. */
  private async mustExist(clip: PinAddress, folder: string): Promise<void> {
    const sizes = await Promise.all([pinsName(clip.key), mp4Name(clip.key)].map((name) => sizeOf(below(folder, name))));
    if (sizes.every((size) => size === null)) throw new ReplayError("clip_not_found");
  }

  private async alone<T>(clip: PinAddress, work: (folder: string) => Promise<T>): Promise<T> {
    const folder = ownerFolder(this.root, clip);
    const name = below(folder, clip.key);
    const held = this.locks.get(name) ?? { lock: new Lock(), users: 0 };
    this.locks.set(name, held);
    held.users += 1;
    try {
      return await held.lock.run(() => work(folder));
    } finally {
      held.users -= 1;
      if (held.users === 0) this.locks.delete(name);
    }
  }

  private async writeTmp(tmp: string, { clip, plan, verify, signal }: Mp4Options): Promise<WrittenMp4> {
    const began = performance.now();
    const target = await createFile(tmp);
    try {
      const copier = new Copier(target, (ref) => this.pins.pathOf(clip, ref), signal);
      try {
        await copier.bytes(plan.head);
        for (const part of plan.parts) await copier.part(part);
      } finally {
        await copier.settle();
      }
      await target.sync();
      const written = performance.now();
      if (copier.length !== plan.sizeBytes) throw new TypeError(`plan: says ${plan.sizeBytes} bytes, its parts are ${copier.length}`);
      signal?.throwIfAborted();
      await verify((offset, length) => readAt(target, offset, length), copier.length);
      return { sizeBytes: copier.length, writeMs: written - began, verifyMs: performance.now() - written };
    } finally {
      await target.close();
    }
  }
}

async function sizeOf(file: string): Promise<number | null> {
  try {
    return (await lstat(file)).size;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}
