/** The samples of a finished track table, one after the other, with their times and where their bytes lie: for writers that copy sample by sample. */
import type { TrackTables } from "./tables.js";

/** One sample of a clip. */
export interface ClipSample {
  /** From the start of the payload. */
  readonly offset: number;
  readonly size: number;
  /** In ticks of the track, from the track's zero. */
  readonly time: number;
  readonly ticks: number;
  /** Whether decoding can start with it. */
  readonly key: boolean;
}

/** The samples of a track in order. Without keyframes in its table, every sample is one. */
export function* samplesOf({ ticks, sizes, keys, chunkCounts, chunkOffsets }: TrackTables): Generator<ClipSample, undefined> {
  let sample = 0;
  let key = 0;
  let time = 0;
  for (const [chunk, start] of chunkOffsets.entries()) {
    let offset = start;
    for (let left = chunkCounts.values[chunk] ?? 0; left > 0; left -= 1) {
      const size = sizes.values[sample] ?? 0;
      const duration = ticks.values[sample] ?? 0;
      const isKey = keys.length === 0 || keys.values[key] === sample + 1;
      if (isKey) key += 1;
      yield { offset, size, time, ticks: duration, key: isKey };
      offset += size;
      time += duration;
      sample += 1;
    }
  }
}

/** The next sample of a track, looked at before it is taken. */
export class SampleCursor {
  readonly #samples: Iterator<ClipSample, undefined>;
  #next: ClipSample | undefined;

  constructor(tables: TrackTables) {
    this.#samples = samplesOf(tables);
    this.#next = this.#samples.next().value;
  }

  /** The next sample; undefined at the end. */
  get next(): ClipSample | undefined {
    return this.#next;
  }

  /** Steps over it. */
  step(): void {
    this.#next = this.#samples.next().value;
  }
}
