/** The pieces of one H.264 access unit while its packets come; joined once, so that payload bytes are copied once. */
import { type WallMs, wallMs } from "@livekit-replay/contract";
import { startCode } from "../codec/annex-b.js";
import { nalType } from "../codec/h264.js";
import { maxPictureBytes, maxPieces } from "./picture.js";

/** A stream has 32 sequence and 256 picture parameter sets at most (7.4.2). */
const maxSets = 288;

/** A start code and the NAL header byte that FU-A takes apart, for each header. */
const headers: readonly Uint8Array[] = Array.from({ length: 256 }, (_, header) => Uint8Array.of(0, 0, 0, 1, header));

/** Collects NAL units and fragments. Parameter sets are kept apart; delimiters and filler are left out. */
export class AccessUnitParts {
  #parts: Uint8Array[] = [];
  #sets: Uint8Array[] = [];
  #bytes = 0;
  #arrival: WallMs = wallMs(0);
  #isTimely = false;
  #untouched = true;
  #damaged = false;
  #fragmentOpen = false;
  #hasSlice = false;
  #isKey = false;
  /** The picture parameter set that its first slice names; null before the first slice. */
  pictureId: number | null = null;

  /** When the first of its packets came. */
  get arrival(): WallMs {
    return this.#arrival;
  }

  /** Whether `arrival` says when it was sent: its first packet was not behind others. */
  get isTimely(): boolean {
    return this.#isTimely;
  }

  /** Whether no NAL unit has begun. */
  get untouched(): boolean {
    return this.#untouched;
  }

  /** Whether something is missing or malformed in it. */
  get damaged(): boolean {
    return this.#damaged || this.#fragmentOpen;
  }

  /** Whether it has picture data (not only parameter sets and messages). */
  get hasSlice(): boolean {
    return this.#hasSlice;
  }

  /** Whether it is an IDR picture. */
  get isKey(): boolean {
    return this.#isKey;
  }

  /** Its own parameter sets, copied, in order. */
  get sets(): readonly Uint8Array[] {
    return this.#sets;
  }

  /** Starts the next access unit. */
  begin(): void {
    this.#parts = [];
    this.#sets = [];
    this.#bytes = 0;
    this.#arrival = wallMs(Infinity);
    this.#isTimely = false;
    this.#untouched = true;
    this.#damaged = false;
    this.#fragmentOpen = false;
    this.#hasSlice = false;
    this.#isKey = false;
    this.pictureId = null;
  }

  /** Notes the arrival of a packet of it. */
  seen(arrival: WallMs, isBehind: boolean): void {
    if (arrival >= this.#arrival) return;
    this.#arrival = arrival;
    this.#isTimely = !isBehind;
  }

  /** Says that it cannot be used. */
  damage(): void {
    this.#damaged = true;
  }

  /** Adds a whole NAL unit, `bytes[start, end)` with its header byte. */
  unit(bytes: Uint8Array, start: number, end: number): void {
    const type = (bytes[start] ?? 0) & 0x1f;
    if (this.#fragmentOpen) this.#damaged = true;
    this.#untouched = false;
    if (type === nalType.sps || type === nalType.pps) {
      if (this.#sets.length === maxSets) this.#damaged = true;
      else this.#sets.push(bytes.slice(start, end));
      return;
    }
    if (type >= nalType.delimiter && type <= nalType.filler) return;
    this.#note(type);
    this.#add(startCode);
    this.#add(bytes.subarray(start, end));
  }

  /** Adds a fragment of the NAL unit with this header byte. */
  fragment(header: number, first: boolean, last: boolean, bytes: Uint8Array, start: number, end: number): void {
    if (first === this.#fragmentOpen) this.#damaged = true;
    if (first) {
      this.#untouched = false;
      this.#note(header & 0x1f);
      this.#add(headers[header] ?? startCode);
    }
    this.#fragmentOpen = !last;
    this.#add(bytes.subarray(start, end));
  }

  /** The access unit in Annex B, with parameter sets in front: those given, else its own. */
  join(sets: readonly Uint8Array[] | null): Uint8Array {
    const front = sets ?? this.#sets;
    let size = this.#bytes;
    for (const set of front) size += startCode.length + set.length;
    const joined = new Uint8Array(size);
    let at = 0;
    for (const set of front) {
      joined.set(startCode, at);
      joined.set(set, at + startCode.length);
      at += startCode.length + set.length;
    }
    for (const part of this.#parts) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  }

  #note(type: number): void {
    if (type >= nalType.slice && type <= nalType.idr) this.#hasSlice = true;
    if (type === nalType.idr) this.#isKey = true;
  }

  #add(part: Uint8Array): void {
    this.#bytes += part.length;
    if (this.#bytes > maxPictureBytes || this.#parts.length === maxPieces) {
      this.#damaged = true;
      return;
    }
    this.#parts.push(part);
  }
}
