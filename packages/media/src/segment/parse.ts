/** Reading ISO base media boxes from bytes that may be anything: every read is checked, every count is compared with the bytes there are. */
import { MediaFormatError } from "./error.js";

/** A box inside a byte array: `[start, end)`, its content from `body`. */
export interface Box {
  readonly type: string;
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

/** Reads big-endian numbers one after the other; throws MediaFormatError `truncated` at the end of its range. */
export class Cursor {
  readonly #view: DataView;
  readonly #what: string;
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, range: { readonly start: number; readonly end: number }, what: string) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = range.start;
    this.#end = Math.min(range.end, bytes.length);
    this.#what = what;
  }

  /** Bytes left in the range. */
  get left(): number {
    return this.#end - this.#at;
  }

  /** Where the next read starts in the byte array. */
  get at(): number {
    return this.#at;
  }

  /** Steps over `length` bytes and says where they were. */
  skip(length: number): number {
    const at = this.#at;
    if (this.left < length) throw new MediaFormatError("truncated", `${this.#what} ends too early`);
    this.#at += length;
    return at;
  }

  u8(): number {
    return this.#view.getUint8(this.skip(1));
  }

  u16(): number {
    return this.#view.getUint16(this.skip(2));
  }

  u32(): number {
    return this.#view.getUint32(this.skip(4));
  }

  i32(): number {
    return this.#view.getInt32(this.skip(4));
  }

  /** A 64-bit number; more than 2^53 - 1 is `malformed`: no time or size of ours comes near. */
  u64(): number {
    const value = this.#view.getBigUint64(this.skip(8));
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new MediaFormatError("malformed", `${this.#what} holds a number that is too large`);
    return Number(value);
  }

  f64(): number {
    return this.#view.getFloat64(this.skip(8));
  }

  /** Version and flags of a full box; both must be as written by us. */
  versionAndFlags(version: number, flags: number): void {
    const value = this.u32();
    if (value !== version * 0x1000000 + flags) throw new MediaFormatError("foreign", `${this.#what} has another version or other flags`);
  }
}

/** The type of the box at `at`; the caller has checked that 8 bytes are there. */
export const typeAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at + 4, at + 8));

/** The box at `at`, which must end at or before `limit` (32-bit sizes only: nothing of ours but a final `mdat` has another). */
function boxAt(bytes: Uint8Array, at: number, limit: number): Box {
  const size = new Cursor(bytes, { start: at, end: limit }, "a box header").u32();
  if (limit - at < 8) throw new MediaFormatError("truncated", "a box header ends too early");
  if (size < 8) throw new MediaFormatError("malformed", "a box is smaller than its header");
  if (at + size > limit) throw new MediaFormatError("truncated", `box ${typeAt(bytes, at)} ends too early`);
  return { type: typeAt(bytes, at), start: at, body: at + 8, end: at + size };
}

/** All boxes in `[start, end)`, without a rest. */
export function boxesIn(bytes: Uint8Array, start: number, end: number): readonly Box[] {
  const found: Box[] = [];
  for (let at = start; at < end;) {
    const next = boxAt(bytes, at, end);
    found.push(next);
    at = next.end;
  }
  return found;
}

/** The one box of a type among `boxes`; none or several is `foreign`. */
export function one(boxes: readonly Box[], type: string): Box {
  const [found, ...others] = boxes.filter((candidate) => candidate.type === type);
  if (!found || others.length > 0) throw new MediaFormatError("foreign", `there must be one ${type} box`);
  return found;
}

/** The box at the end of a path of types below `parent`, each of which must be there once. */
export function descend(bytes: Uint8Array, parent: Pick<Box, "body" | "end">, path: readonly string[]): Box {
  const [type, ...rest] = path;
  if (type === undefined) throw new TypeError("path must not be empty");
  const child = one(boxesIn(bytes, parent.body, parent.end), type);
  return rest.length === 0 ? child : descend(bytes, child, rest);
}
