/** The sample tables of one track of a flat MP4, while it is put together. */
import type { SampleTable } from "../segment/describe.js";
import { MediaFormatError } from "../segment/error.js";
import { Uint32List } from "./list.js";

/** Samples in order, and the chunks that they lie in. Times are ticks of the track, from the track's own zero. */
export class TrackTables {
  readonly ticks = new Uint32List();
  readonly sizes = new Uint32List();
  /** Numbers (from 1) of the samples where decoding can start. */
  readonly keys = new Uint32List();
  readonly chunkCounts = new Uint32List();
  /** Where each chunk starts, from the start of the payload of `mdat`. */
  readonly chunkOffsets: number[] = [];
  #end = 0;

  /** Where the last sample ends. */
  get end(): number {
    return this.#end;
  }

  /** Makes the last sample longer or shorter, so that the next one starts at `end`. */
  moveEnd(end: number): void {
    if (this.ticks.length === 0 || end === this.#end) return;
    const last = this.ticks.last + end - this.#end;
    if (last < 1 || last > 0xffffffff) throw new MediaFormatError("malformed", "the samples of two segments overlap");
    this.ticks.last = last;
    this.#end = end;
  }

  /** A chunk made of a segment's track, whose file starts at `fileOffset` in the payload. */
  addSamples(table: SampleTable, fileOffset: number): void {
    table.key.forEach((key, i) => {
      if (key) this.keys.push(this.ticks.length + i + 1);
    });
    this.ticks.append(table.ticks);
    this.sizes.append(table.size);
    this.#end = table.ticks.reduce((sum, ticks) => sum + ticks, this.#end);
    this.#addChunk(fileOffset + (table.offset[0] ?? 0), table.count);
  }

  /** A chunk of samples that all stand alone. */
  addPackets(packets: readonly { readonly ticks: number; readonly data: Uint8Array }[], offset: number): void {
    for (const { ticks, data } of packets) {
      this.ticks.push(ticks);
      this.sizes.push(data.length);
      this.#end += ticks;
    }
    this.#addChunk(offset, packets.length);
  }

  #addChunk(offset: number, count: number): void {
    this.chunkOffsets.push(offset);
    this.chunkCounts.push(count);
  }
}
