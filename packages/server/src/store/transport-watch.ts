/** Watches one run of egress in a session's folder: each look answers the segments that became whole since the last, in order. */
import { stat } from "node:fs/promises";
import path from "node:path";
import { type Gap, wallMs } from "@livekit-replay/contract";
import { MediaFormatError, type RunReason } from "@livekit-replay/media";
import { EgressListings } from "./egress-folder.js";
import { hasCode } from "./files.js";
import type { BufferedSegment } from "./segment-file.js";
import { egressRunReason, type ListedTransport, readTransport, transportEntry } from "./transport-file.js";

/** What a look found. `lost`: egress lists a segment that is missing or broken, and it stays so. */
export type TransportFound =
  | { readonly kind: "segment"; readonly segment: BufferedSegment }
  | { readonly kind: "lost"; readonly gap: Gap; readonly file: string; readonly error: unknown };

/** Which run. */
export interface TransportWatchOptions {
  readonly folder: string;
  readonly run: number;
  /** Looks that a listed segment is given to become whole: network storage shows a file before all of it. Half as many where later ones are listed. */
  readonly patience: number;
}

/** The segment that is waited for. */
interface Awaited {
  readonly number: number;
  looks: number;
  sizeBytes: number;
}

/** One for a run. Holds no timer and no file: who looks decides when. */
export class TransportWatch {
  readonly run: number;
  readonly #folder: string;
  readonly #patience: number;
  readonly #listings: EgressListings;
  #reason: RunReason | null = null;
  /** The next number; null before the first look that found one. */
  #next: number | null = null;
  #awaited: Awaited | null = null;
  #ended = false;
  #waits = false;

  constructor({ folder, run, patience }: TransportWatchOptions) {
    this.run = run;
    this.#folder = folder;
    this.#patience = patience;
    this.#listings = new EgressListings(folder, run);
  }

  /** Egress says that nothing follows, and everything that it lists was told. */
  get finished(): boolean {
    return this.#ended && !this.#waits;
  }

  /** Egress lists segments that were not told yet. */
  get pending(): boolean {
    return this.#waits;
  }

  /** Throws errors of the file system on the folder itself. */
  async look(): Promise<readonly TransportFound[]> {
    const { segments, ended } = await this.#listings.read();
    this.#ended = ended;
    const found: TransportFound[] = [];
    const numbers = [...segments.keys()].filter((number) => this.#next === null || number >= this.#next).sort((a, b) => a - b);
    this.#waits = numbers.length > 0;
    for (const number of numbers) {
      const listed = segments.get(number);
      const patience = number === numbers.at(-1) ? this.#patience : this.#patience / 2;
      const outcome = listed ? await this.#attempt(listed, patience) : null;
      // Later ones wait, so that segments are told in their order.
      if (outcome === null) return found;
      found.push(outcome);
      this.#next = number + 1;
      this.#awaited = null;
    }
    this.#waits = false;
    return found;
  }

  /** Null: not yet. */
  async #attempt(listed: ListedTransport, patience: number): Promise<TransportFound | null> {
    const awaited = this.#await(listed.number);
    awaited.looks += 1;
    try {
      const { size } = await stat(path.join(this.#folder, listed.file));
      const isStable = size === awaited.sizeBytes;
      awaited.sizeBytes = size;
      if (!isStable)
        return awaited.looks > patience ? this.#lost(listed, new MediaFormatError("truncated", "the segment goes on growing")) : null;
      const description = await readTransport(this.#folder, listed.file);
      this.#reason ??= await egressRunReason(this.#folder, this.run);
      const { file, number, startWall, duration } = listed;
      return {
        kind: "segment",
        segment: transportEntry(description, { file, run: this.run, number, runReason: this.#reason, startWall, duration }),
      };
    } catch (error) {
      if (!(error instanceof MediaFormatError) && !hasCode(error, "ENOENT", "ESTALE", "EIO")) throw error;
      return awaited.looks > patience ? this.#lost(listed, error) : null;
    }
  }

  #await(number: number): Awaited {
    if (this.#awaited?.number !== number) this.#awaited = { number, looks: 0, sizeBytes: -1 };
    return this.#awaited;
  }

  #lost({ file, startWall, duration }: ListedTransport, error: unknown): TransportFound {
    return { kind: "lost", gap: { fromMs: startWall, toMs: wallMs(startWall + duration / 1000), reason: "disk" }, file, error };
  }
}
