/** Folders and files that the server has for itself, outside the storage root. */
import { mkdir, stat } from "node:fs/promises";

/** Creates a folder and its parents when they are missing. Throws errors of the file system. */
export async function ensureFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
}

/** Whether there is a file; false also when nothing can be said about it. */
export async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
