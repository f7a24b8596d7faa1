/** A session's folder becomes an index: every file is looked at, whatever it is, and what is not ours or not whole is listed and left alone. */
import { eachOf, hasCode, listFolder } from "./files.js";
import { parseBufferFile, transportName } from "./names.js";
import { type BufferedSegment, readEntry, readInit } from "./segment-file.js";
import { MediaFormatError, type RunInfo } from "@livekit-replay/media";
import { readTransportRun, withEnds } from "./transport-run.js";

/** A file that is not ours or not whole: seen, left alone. */
export interface Stray {
  readonly file: string;
  readonly reason: string;
}

/** What lies in a session's folder. */
export interface SessionFiles {
  /** Oldest first. Of ours only those whose run has its init file: others cannot be played. */
  readonly segments: readonly BufferedSegment[];
  readonly inits: ReadonlyMap<number, RunInfo>;
  readonly strays: readonly Stray[];
  /** Names of tails. */
  readonly tails: readonly string[];
  /** Names of pictures. */
  readonly pictures: readonly string[];
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
  readonly pictures: string[] = [];
  readonly tmps: string[] = [];
  private readonly folder: string;
  private readonly known: ReadonlyMap<string, BufferedSegment>;
  /** Numbers of egress's segments, by run. */
  private readonly transports = new Map<number, number[]>();

  constructor(folder: string, known: ReadonlyMap<string, BufferedSegment>) {
    this.folder = folder;
    this.known = known;
  }

  async read(name: string): Promise<void> {
    const file = parseBufferFile(name);
    switch (file.kind) {
      case "segment": {
        if (file.container === "ts") {
          this.transports.set(file.run, [...(this.transports.get(file.run) ?? []), file.number]);
          return;
        }
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
      case "picture":
        this.pictures.push(name);
        return;
      case "tmp":
        this.tmps.push(name);
        return;
      case "foreign":
        this.strays.push({ file: name, reason: "foreign: no name of ours" });
        return;
      case "playlist":
      case "egress-playlist":
        return;
    }
  }

  /** Egress's segments need their run's playlists, so they are read together. */
  async readTransports(): Promise<void> {
    for (const [run, numbers] of this.transports) {
      const known = numbers.flatMap((number) => this.known.get(transportName(run, number)) ?? []);
      const isNew = (number: number): boolean => !this.known.has(transportName(run, number));
      const { segments, failures } = await readTransportRun(this.folder, run, numbers.filter(isNew), known);
      this.segments.push(...segments);
      this.strays.push(...failures.map(({ file, error }) => ({ file, reason: reasonOf(error) })));
    }
  }

  /** Sets segments aside that cannot be played, and sorts. */
  finish(): SessionFiles {
    const isPlayable = ({ run, transport }: BufferedSegment): boolean => transport !== undefined || this.inits.has(run);
    const playable = this.segments.filter(isPlayable).sort(inOrder);
    for (const segment of this.segments)
      if (!isPlayable(segment)) this.strays.push({ file: segment.file, reason: "its run has no init file" });
    return {
      segments: withEnds(playable),
      inits: this.inits,
      strays: this.strays,
      tails: this.tails,
      pictures: this.pictures,
      tmps: this.tmps,
    };
  }

  private async attempt(name: string, read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      if (!hasCode(error, "ENOENT")) this.strays.push({ file: name, reason: reasonOf(error) });
    }
  }
}

/** The number for the next run: one more than the highest that any file in the folder names, whole or not. */
export async function nextRunIn(folder: string): Promise<number> {
  const runs = (await listFolder(folder)).map(({ name }) => {
    const file = parseBufferFile(name);
    return "run" in file ? file.run : -1;
  });
  return runs.reduce((highest, run) => Math.max(highest, run), -1) + 1;
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
  await reader.readTransports();
  return reader.finish();
}
