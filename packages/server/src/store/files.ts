/** The few file operations that everything here is made of: whole files by `.tmp` and rename, synced folders, removals that tolerate what is gone already. */
import { constants, type Dirent } from "node:fs";
import { type FileHandle, lstat, mkdir, open, opendir, rename, rmdir, unlink } from "node:fs/promises";
import path from "node:path";
import { ReplayError } from "@livekit-replay/contract";
import { TMP } from "./names.js";

/** Nothing of ours has more files in one folder; what comes beyond is not read. */
const MAX_ENTRIES = 100_000;

/** Whether an error of the file system has one of the codes. */
export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && "code" in error && codes.includes(String(error.code));

/** A full disk becomes `ReplayError("disk_full")`; every other error stays as it is. */
export const translate = (error: unknown): unknown =>
  hasCode(error, "ENOSPC", "EDQUOT") ? new ReplayError("disk_full", { cause: error }) : error;

/** Opens for writing from the start; never through a symbolic link that somebody put there. */
const CREATE = constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
/** Opens for reading; a link is refused and a pipe does not block. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Writes all bytes at a position: one call of the system may take fewer. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}

/** Reads up to `length` bytes at a position; fewer only at the end of the file. */
export async function readAt(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

/** Creates a file (or empties one) for writing and reading. */
export const createFile = (file: string): Promise<FileHandle> => open(file, CREATE, 0o666);

/** Runs work on a file opened for reading and closes it. */
export async function withFile<T>(file: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(file, READ);
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

/** Makes sure that the entries of a folder (names that came, went or changed) are on the disk. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes sure that a file's bytes are on the disk. */
export const syncFile = (file: string): Promise<void> => withFile(file, (handle) => handle.sync());

/** Creates a folder below an existing one, with the folders between, and syncs every folder that got a new entry. */
export async function makeFolder(base: string, folder: string): Promise<void> {
  const made: string[] = [];
  let at = base;
  for (const name of path.relative(base, folder).split(path.sep)) {
    const parent = at;
    at = path.join(at, name);
    try {
      await mkdir(at);
      made.push(parent);
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw translate(error);
    }
  }
  for (const parent of made) await syncFolder(parent);
}

/** How a file is written. */
export interface WriteOptions {
  /** fsync of the file before it gets its name. The folder is the caller's to sync. */
  readonly sync: boolean;
}

/**
 * Writes a whole file: `.tmp`, then rename. Nothing is left when it throws.
 * @throws ReplayError `disk_full`; other errors of the file system pass through.
 */
export async function writeWhole(file: string, bytes: Uint8Array, options: WriteOptions): Promise<void> {
  const handle = await writeKept(file, bytes, options);
  await handle.close();
}

/** Creates a file, lets it be written, syncs and closes it: the caller gives it its name, or removes it. */
export async function makeWhole(file: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await createFile(file);
  try {
    await write(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** As `writeWhole`, but hands over the open handle (to be synced later); the caller closes it. */
export async function writeKept(file: string, bytes: Uint8Array, options: WriteOptions): Promise<FileHandle> {
  const tmp = file + TMP;
  let handle: FileHandle | null = null;
  try {
    handle = await createFile(tmp);
    await writeAll(handle, bytes, 0);
    if (options.sync) await handle.sync();
    await rename(tmp, file);
    return handle;
  } catch (error) {
    throw await undo(error, [...(handle === null ? [] : [() => closeAfter(handle)]), () => removeFile(tmp)]);
  }
}

const closeAfter = async (handle: FileHandle | null): Promise<void> => handle?.close();

/** Takes back what was done before `error`; answers the error to throw: `error` itself (translated), with what went wrong on the way back beside it. */
export async function undo(error: unknown, steps: readonly (() => Promise<unknown>)[]): Promise<unknown> {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (failure) {
      failures.push(failure);
    }
  }
  const translated = translate(error);
  if (failures.length === 0) return translated;
  const all = new AggregateError([error, ...failures], "a failed write could not be taken back");
  return translated instanceof ReplayError ? new ReplayError(translated.code, { cause: all }) : all;
}

/** Removes a file; false when there was none. */
export async function removeFile(file: string): Promise<boolean> {
  try {
    await unlink(file);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}

/** Whether something has this name. */
export async function exists(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}

/** The entries of a folder (at most 100,000); none when it is not there. */
export async function listFolder(folder: string): Promise<Dirent[]> {
  try {
    const entries: Dirent[] = [];
    for await (const entry of await opendir(folder)) {
      entries.push(entry);
      if (entries.length === MAX_ENTRIES) break;
    }
    return entries;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}

/** Removes a folder that is empty; false when it is not, or not there. */
export async function removeEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTEMPTY", "EEXIST", "ENOTDIR")) return false;
    throw error;
  }
}

/** Runs `work` on all items, at most `width` at a time; the first error is thrown once those under way have ended. */
export async function eachOf<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const errors: unknown[] = [];
  const lane = async (): Promise<void> => {
    while (next < items.length && errors.length === 0) {
      const item = items[next++] as T;
      await work(item).catch((error: unknown) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  if (errors.length > 0) throw errors[0];
}

/** As `syncFolder`; a folder that is not there needs none. */
export async function syncPresent(folder: string): Promise<void> {
  try {
    await syncFolder(folder);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}
