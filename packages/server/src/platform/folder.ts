/** Folders that the server makes for itself, outside the storage root. */
import { mkdir } from "node:fs/promises";

/** Creates a folder and its parents when they are missing. Throws errors of the file system. */
export async function ensureFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
}
