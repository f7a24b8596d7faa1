/** Open bitstream units of AV1 (AV1 Bitstream & Decoding Process Specification, 5.3 and 4.10.5): headers and sizes. Hostile bytes give null. */

/** OBU types (6.2.2) that the receiver treats by name. */
export const obuType = {
  sequence: 1,
  delimiter: 2,
  frameHeader: 3,
  tileGroup: 4,
  frame: 6,
  redundantHeader: 7,
  tileList: 8,
  padding: 15,
} as const;

/** An OBU inside a byte array. */
export interface Obu {
  readonly type: number;
  /** Its header of one or two bytes, with the flag for a size field cleared. */
  readonly header: Uint8Array;
  /** What follows header and size. */
  readonly payload: Uint8Array;
}

/** A number in LEB128 and where it ends. */
export interface Leb128 {
  readonly value: number;
  readonly end: number;
}

/** Reads a number of up to 32 bits; null when it is longer, or the bytes end before it does. */
export function readLeb128(bytes: Uint8Array, start: number, limit: number): Leb128 | null {
  let value = 0;
  for (let i = 0; i < 8 && start + i < limit; i += 1) {
    const byte = bytes[start + i] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (value > 0xffffffff) return null;
    if ((byte & 0x80) === 0) return { value, end: start + i + 1 };
  }
  return null;
}

/** A number in LEB128, as short as it can be. */
export function leb128(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ;) {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
    if (rest === 0) return Uint8Array.from(bytes);
  }
}

/** Reads one OBU that fills `bytes`, or with its own size field a part of them; `end` is where it ends. Null when it is none. */
export function readObu(bytes: Uint8Array, start = 0): { readonly obu: Obu; readonly end: number } | null {
  const first = bytes[start];
  if (first === undefined || (first & 0x80) !== 0) return null;
  const headerEnd = start + 1 + ((first >> 2) & 1);
  if (headerEnd > bytes.length) return null;
  const header = bytes.slice(start, headerEnd);
  header[0] = first & 0xfd;
  const hasSize = (first & 0x02) !== 0;
  const size = hasSize ? readLeb128(bytes, headerEnd, bytes.length) : { value: bytes.length - headerEnd, end: headerEnd };
  if (size === null || size.end + size.value > bytes.length) return null;
  const end = size.end + size.value;
  return { obu: { type: (first >> 3) & 15, header, payload: bytes.subarray(size.end, end) }, end };
}

/** The OBUs of a temporal unit in the low-overhead format (5.2); null when something in it is none. */
export function obusOf(bytes: Uint8Array): Obu[] | null {
  const obus: Obu[] = [];
  for (let at = 0; at < bytes.length;) {
    const read = readObu(bytes, at);
    if (read === null) return null;
    obus.push(read.obu);
    at = read.end;
  }
  return obus;
}

/** OBUs one behind the other, each with its size (5.2). */
export function lowOverhead(obus: readonly Obu[]): Uint8Array {
  const sizes = obus.map(({ payload }) => leb128(payload.length));
  const bytes = new Uint8Array(
    obus.reduce((sum, { header, payload }, i) => sum + header.length + (sizes[i]?.length ?? 0) + payload.length, 0),
  );
  let at = 0;
  obus.forEach(({ header, payload }, i) => {
    const size = sizes[i] ?? new Uint8Array();
    bytes.set(header, at);
    bytes[at] = (header[0] ?? 0) | 0x02;
    bytes.set(size, at + header.length);
    bytes.set(payload, at + header.length + size.length);
    at += header.length + size.length + payload.length;
  });
  return bytes;
}
