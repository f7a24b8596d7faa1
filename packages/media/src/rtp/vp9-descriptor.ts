/** The payload descriptor of VP9 in RTP (RFC 9628, 4.2), in flexible and non-flexible mode. */

/** What the descriptor says, as far as needed. */
export interface Vp9Descriptor {
  /** B and E: the packet begins, or ends, a layer's frame. */
  readonly begins: boolean;
  readonly ends: boolean;
  /** The spatial layer; 0 without layers. */
  readonly spatialLayer: number;
  /** D: the frame needs the one of the layer below. */
  readonly needsLower: boolean;
  /** Size of each spatial layer's picture, lowest first; null where it is not told. */
  readonly sizes: readonly { readonly width: number; readonly height: number }[] | null;
  /** Where the descriptor ends. */
  readonly end: number;
}

/** Reads bytes up to a limit; past it, zeros, and says so. */
class Bytes {
  #at: number;
  readonly #bytes: Uint8Array;
  readonly #end: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get at(): number {
    return this.#at;
  }

  get overrun(): boolean {
    return this.#at > this.#end;
  }

  u8(): number {
    this.#at += 1;
    return this.overrun ? 0 : (this.#bytes[this.#at - 1] ?? 0);
  }

  u16(): number {
    return this.u8() * 256 + this.u8();
  }
}

/** Reads the descriptor at `bytes[start, end)`. Null when it is none, or nothing follows it. */
export function parseVp9Descriptor(bytes: Uint8Array, start: number, end: number): Vp9Descriptor | null {
  const reader = new Bytes(bytes, start, end);
  const flags = reader.u8();
  const isFlexible = (flags & 0x10) !== 0;
  if ((flags & 0x80) !== 0 && (reader.u8() & 0x80) !== 0) reader.u8();
  const layers = (flags & 0x20) === 0 ? 0 : reader.u8();
  if ((flags & 0x20) !== 0 && !isFlexible) reader.u8();
  if (isFlexible && (flags & 0x40) !== 0) skipReferences(reader);
  const sizes = (flags & 0x02) === 0 ? null : readStructure(reader);
  if (reader.overrun || reader.at >= end) return null;
  return {
    begins: (flags & 0x08) !== 0,
    ends: (flags & 0x04) !== 0,
    spatialLayer: (layers >> 1) & 7,
    needsLower: (layers & 1) !== 0,
    sizes,
    end: reader.at,
  };
}

/** P_DIFF: up to three, each saying whether another one follows. */
function skipReferences(reader: Bytes): void {
  for (let i = 0; i < 3 && (reader.u8() & 1) !== 0; i += 1);
}

/** The scalability structure (4.2.1): sizes of layers, and a group of pictures that is not needed. */
function readStructure(reader: Bytes): Vp9Descriptor["sizes"] {
  const head = reader.u8();
  const count = (head >> 5) + 1;
  const sizes = (head & 0x10) === 0 ? null : Array.from({ length: count }, () => ({ width: reader.u16(), height: reader.u16() }));
  const pictures = (head & 0x08) === 0 ? 0 : reader.u8();
  for (let i = 0; i < pictures && !reader.overrun; i += 1) {
    for (let references = (reader.u8() >> 2) & 3; references > 0; references -= 1) reader.u8();
  }
  return sizes;
}
