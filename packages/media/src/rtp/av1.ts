/** AV1 out of RTP ("RTP Payload Format For AV1", version 1.0): OBU elements become temporal units in the low-overhead format, as MP4 holds them. */
import { av1Codec, type Av1Frame, type Av1Sequence, parseAv1Frame, parseAv1Sequence } from "../codec/av1.js";
import { lowOverhead, type Obu, obuType, readLeb128, readObu } from "../codec/obu.js";
import type { FrameReader, ReadFrame } from "./frames.js";
import { maxPictureBytes, type PictureFormat } from "./picture.js";
import { Pieces } from "./pieces.js";

/** What MP4 leaves out ("AV1 Codec ISO Media File Format Binding", 2.4), and what says nothing. */
const leftOut = new Set<number>([obuType.delimiter, obuType.redundantHeader, obuType.tileList, obuType.padding]);

/** A frame has at most 4096 tiles (3), each in an OBU of its own at worst. */
const maxObus = 8192;

/** Larger sequence headers are none. */
const maxSequenceBytes = 1024;

/** A sequence header, as it came and as it reads. */
interface KnownSequence {
  readonly obu: Obu;
  readonly sequence: Av1Sequence;
}

/** Collects one temporal unit. */
export class Av1Reader implements FrameReader {
  readonly #pieces = new Pieces();
  #obus: Obu[] = [];
  #bytes = 0;
  /** An element's rest comes with the next packet. */
  #isOpen = false;
  #isFirst = true;
  #follows = false;
  #isWhole = false;
  #isDamaged = false;
  #isNew = false;
  /** The last sequence header, for keyframes that come without one. */
  #known: KnownSequence | null = null;

  /** See `FrameReader`. */
  get isKey(): boolean {
    return this.#isWhole && this.#isNew;
  }

  /** See `FrameReader`. */
  begin(follows: boolean): void {
    this.#pieces.clear();
    this.#obus = [];
    this.#bytes = 0;
    this.#isOpen = false;
    this.#isFirst = true;
    this.#follows = follows;
    this.#isWhole = false;
    this.#isDamaged = false;
    this.#isNew = false;
  }

  /** See `FrameReader`. The first byte is the aggregation header (4.4): Z, Y, W, N. */
  payload(bytes: Uint8Array, start: number, end: number): void {
    const head = bytes[start] ?? 0;
    const continues = (head & 0x80) !== 0;
    if (this.#isFirst) {
      this.#isNew = (head & 0x08) !== 0;
      this.#isWhole = !continues && (this.#follows || this.#isNew);
    }
    if (!this.#isFirst && continues !== this.#isOpen) this.#isDamaged = true;
    this.#isFirst = false;
    this.#elements(bytes, start + 1, end, (head >> 4) & 3);
    this.#isOpen = (head & 0x40) !== 0;
    if (!this.#isOpen) this.#endElement();
  }

  /** See `FrameReader`. */
  finish(): ReadFrame | "damaged" | null {
    if (!this.#isWhole || this.#isDamaged || this.#isOpen) return "damaged";
    const own = this.#obus.find(({ type }) => type === obuType.sequence);
    if (own && !this.#remember(own)) return "damaged";
    const first = this.#obus.find(({ type }) => type === obuType.frame || type === obuType.frameHeader);
    if (!first) return null;
    const frame = this.#known ? parseAv1Frame(first.payload, this.#known.sequence) : null;
    if (frame === null || this.#known === null) return "damaged";
    if (!frame.key) return { data: lowOverhead(this.#obus), parameters: null };
    const obus = own ? this.#obus : [this.#known.obu, ...this.#obus];
    // With spatial layers, the keyframe is the lowest one's, and the picture that is shown may be as large as the sequence says.
    const size = this.#obus.some(isUpper) ? this.#known.sequence : frame;
    return { data: lowOverhead(obus), parameters: formatOf(this.#known.sequence, size) };
  }

  /** See `FrameReader`. */
  reset(): void {
    this.begin(false);
    this.#known = null;
  }

  /** `count` 0: every element has its length in front; else so many elements, the last without one. An element that ends here is complete, but for the last one, which may go on. */
  #elements(bytes: Uint8Array, start: number, end: number, count: number): void {
    let at = start;
    let i = 1;
    for (; at < end && (count === 0 || i <= count); i += 1) {
      if (i > 1) this.#endElement();
      const length = i === count ? { value: end - at, end: at } : readLeb128(bytes, at, end);
      if (length === null || length.end + length.value > end) {
        this.#isDamaged = true;
        return;
      }
      at = length.end + length.value;
      this.#bytes += length.value;
      if (this.#bytes > maxPictureBytes) this.#isDamaged = true;
      else this.#pieces.add(bytes.subarray(length.end, at));
    }
    if (at !== end || i === 1 || (count > 0 && i <= count)) this.#isDamaged = true;
  }

  #endElement(): void {
    const element = this.#pieces.join();
    this.#pieces.clear();
    if (element.length === 0) return;
    const read = readObu(element);
    if (read === null || read.end !== element.length || this.#obus.length === maxObus) this.#isDamaged = true;
    else if (!leftOut.has(read.obu.type)) this.#obus.push(read.obu);
  }

  #remember(obu: Obu): boolean {
    const sequence = obu.payload.length > maxSequenceBytes ? null : parseAv1Sequence(obu.payload);
    if (sequence !== null) this.#known = { obu: { ...obu, payload: obu.payload.slice() }, sequence };
    return sequence !== null;
  }
}

/** Whether an OBU belongs to a spatial layer above the lowest (5.3.3): bits 3 and 4 of the second byte of its header. */
const isUpper = ({ header }: Obu): boolean => ((header[1] ?? 0) & 0x18) !== 0;

const formatOf = (sequence: Av1Sequence, { width, height }: Pick<Av1Frame, "width" | "height">): PictureFormat => ({
  kind: "av1",
  codec: av1Codec(sequence),
  width,
  height,
  setup: `av1 ${sequence.profile} ${sequence.bitDepth} ${Number(sequence.monochrome)} ${sequence.chroma.slice(0, 2)}`,
});
