/** The session's folder as LiveKit egress is given it: made by us, writable for egress's group, read again and again while egress writes. */
import { chmod, mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { hasCode, listFolder, makeFolder, translate } from "./files.js";
import type { Logger } from "./log.js";
import { egressFullName, egressLiveName, parseBufferFile, transportPrefix } from "./names.js";
import { type SessionFolder, sessionPath } from "./paths.js";
import { type EgressListing, readEgressListing } from "./transport-file.js";

/** What egress is told to write, as absolute paths on its own machine. */
export interface EgressPaths {
  readonly filenamePrefix: string;
  readonly playlistName: string;
  readonly livePlaylistName: string;
}

/**
 * Paths of a run's files.
 * @param outputDir the root of the store as egress sees it
 */
export function egressPaths(outputDir: string, session: SessionFolder, run: number): EgressPaths {
  const folder = sessionPath(outputDir, session);
  return {
    filenamePrefix: path.join(folder, transportPrefix(run)),
    playlistName: path.join(folder, egressFullName(run)),
    livePlaylistName: path.join(folder, egressLiveName(run)),
  };
}

const GROUP_WRITE = 0o020;

/**
 * Creates the session's folder and lets its group write into it. A folder whose mode cannot be changed is left as it is: egress may be able to write all the same, and says so if not.
 * @throws ReplayError `disk_full`; errors of the file system.
 */
export async function openEgressFolder(root: string, session: SessionFolder, logger: Logger): Promise<string> {
  const folder = sessionPath(root, session);
  try {
    await mkdir(root, { recursive: true });
  } catch (error) {
    throw translate(error);
  }
  await makeFolder(path.resolve(root), folder);
  try {
    const { mode } = await stat(folder);
    // The bits beyond (set-group-id of the parent) stay: they give egress's files our group.
    if ((mode & GROUP_WRITE) === 0) await chmod(folder, (mode & 0o7777) | GROUP_WRITE);
  } catch (error) {
    if (!hasCode(error, "EPERM", "EACCES", "ENOTSUP", "EROFS")) throw error;
    logger.warn({ err: error, folder }, "a session's folder could not be made writable for the group of LiveKit egress");
  }
  return folder;
}

/**
 * A run's number that is free: a run that is written by two egresses would overwrite segments that clips hold by link.
 * @param wanted the smallest that it may be
 * @param prefixes what egresses that still write into the folder put before their segments' numbers: their files come 10 to 20 s after the pictures
 */
export async function freeRun(folder: string, wanted: number, prefixes: readonly string[]): Promise<number> {
  const files = [...(await listFolder(folder)).map(({ name }) => name), ...prefixes.map((prefix) => `${path.basename(prefix)}_00000.ts`)];
  return files.reduce((run, name) => {
    const file = parseBufferFile(name);
    return "run" in file ? Math.max(run, file.run + 1) : run;
  }, wanted);
}

const NOTHING: EgressListing = { segments: new Map(), ended: false };

/** Reads a run's playlists as often as asked, and parses them when they changed. */
export class EgressListings {
  readonly #folder: string;
  readonly #run: number;
  #stamp = "";
  #listing: EgressListing = NOTHING;

  constructor(folder: string, run: number) {
    this.#folder = folder;
    this.#run = run;
  }

  /** Everything that was ever listed: a playlist that is just being written takes nothing back. Throws errors of the file system other than missing files. */
  async read(): Promise<EgressListing> {
    const stamp = (await Promise.all([egressFullName(this.#run), egressLiveName(this.#run)].map((name) => this.#stampOf(name)))).join(" ");
    if (stamp === this.#stamp) return this.#listing;
    const found = await readEgressListing(this.#folder, this.#run);
    this.#listing = { segments: new Map([...this.#listing.segments, ...found.segments]), ended: found.ended || this.#listing.ended };
    // An empty or cut playlist may keep its time when it is written again within the same tick: it is read again.
    this.#stamp = found.segments.size === 0 ? "" : stamp;
    return this.#listing;
  }

  async #stampOf(name: string): Promise<string> {
    try {
      const { mtimeMs, size } = await stat(path.join(this.#folder, name));
      return `${mtimeMs}/${size}`;
    } catch (error) {
      if (hasCode(error, "ENOENT", "ENOTDIR")) return "";
      throw error;
    }
  }
}
