/** A session's folder becomes an index: every file is looked at, whatever it is, and what is not ours or not whole is listed and left alone. */
import { eachOf, hasCode, listFolder } from "./files.js";
import { parseBufferFile } from "./names.js";
import { type BufferedSegment, readEntry, readInit } from "./segment-file.js";
import { MediaFormatError, type RunInfo } from "@livekit-replay/media";

/** A file that is not ours or not whole: seen, left alone. */
export interface Stray {
  readonly file: string;
  readonly reason: string;
}

/** What lies in a session's folder. */
export interface SessionFiles {
  /** Oldest first. Only those whose run has its init file: others cannot be played. */
  readonly segments: readonly BufferedSegment[];
  readonly inits: ReadonlyMap<number, RunInfo>;
  readonly strays: readonly Stray[];
  /** Names of tails. */
  readonly tails: readonly string[];
  /** Names of files that are not finished. */
  readonly tmps: readonly string[];
}

/** Reads at a time: enough to hide latency, few enough to leave Node's four file threads to others. */
const WIDTH = 3;

/** By run, then number: the order in which they were recorded, whatever the clocks said. */
export const inOrder = (
  a: { readonly run: number; readonly number: number },
  b: { readonly run: number; readonly number: number },
): number => a.run - b.run || a.number - b.number;

const reasonOf = (error: unknown): string =>
  error instanceof MediaFormatError
    ? `${error.code}: ${error.message}`
    : error instanceof Error && "code" in error
      ? String(error.code)
      : "cannot be read";

class Reader {
  readonly segments: BufferedSegment[] = [];
  readonly inits = new Map<number, RunInfo>();
  readonly strays: Stray[] = [];
  readonly tails: string[] = [];
  readonly tmps: string[] = [];
  private readonly folder: string;
  private readonly known: ReadonlyMap<string, BufferedSegment>;

  constructor(folder: string, known: ReadonlyMap<string, BufferedSegment>) {
    this.folder = folder;
    this.known = known;
  }

  async read(name: string): Promise<void> {
    const file = parseBufferFile(name);
    switch (file.kind) {
      case "segment": {
        const entry = this.known.get(name);
        if (entry !== undefined) this.segments.push(entry);
        else await this.attempt(name, async () => void this.segments.push(await readEntry(this.folder, file.run, file.number)));
        return;
      }
      case "init":
        await this.attempt(name, async () => void this.inits.set(file.run, await readInit(this.folder, file.run)));
        return;
      case "tail":
        this.tails.push(name);
        return;
      case "tmp":
        this.tmps.push(name);
        return;
      case "foreign":
        this.strays.push({ file: name, reason: "foreign: no name of ours" });
        return;
      case "playlist":
        return;
    }
  }

  /** Sets segments aside that cannot be played, and sorts. */
  finish(): SessionFiles {
    const playable = this.segments.filter(({ run }) => this.inits.has(run)).sort(inOrder);
    for (const { run, file } of this.segments) if (!this.inits.has(run)) this.strays.push({ file, reason: "its run has no init file" });
    return { segments: playable, inits: this.inits, strays: this.strays, tails: this.tails, tmps: this.tmps };
  }

  private async attempt(name: string, read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      if (!hasCode(error, "ENOENT")) this.strays.push({ file: name, reason: reasonOf(error) });
    }
  }
}

/**
 * Reads a session's folder; an empty answer when there is none.
 * @param known entries by file name that need not be read again: a file under its final name never changes.
 * @throws errors of the file system on the folder itself.
 */
export async function readSessionFiles(folder: string, known: ReadonlyMap<string, BufferedSegment> = new Map()): Promise<SessionFiles> {
  const reader = new Reader(folder, known);
  const entries = await listFolder(folder);
  await eachOf(entries, WIDTH, (entry) => reader.read(entry.name));
  return reader.finish();
}
