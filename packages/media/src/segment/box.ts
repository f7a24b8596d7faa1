/** Writing ISO base media boxes (ISO/IEC 14496-12, 4.2): small functions from content to bytes. Reading is in `parse.ts`. */

/** Joins byte arrays. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Bytes that are reserved, or count for nothing. */
export const zeros = (length: number): Uint8Array => new Uint8Array(length);

/** The four bytes of a box type or brand. */
export const fourcc = (name: string): Uint8Array => Uint8Array.from(name, (letter) => letter.charCodeAt(0));

/** Big-endian 16-bit numbers. */
export function u16(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 2);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setUint16(index * 2, value));
  return bytes;
}

/** Big-endian 32-bit numbers; negative ones as two's complement. */
export function u32(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setUint32(index * 4, value));
  return bytes;
}

/** Big-endian 64-bit numbers: integers from 0 to 2^53 - 1. */
export function u64(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 8);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setBigUint64(index * 8, BigInt(value)));
  return bytes;
}

/** A box with a 32-bit size. */
export function box(type: string, ...content: readonly Uint8Array[]): Uint8Array {
  const size = content.reduce((sum, part) => sum + part.length, 8);
  return concat([u32(size), fourcc(type), ...content]);
}

/** A box with version and flags (ISO/IEC 14496-12, 4.2.2). */
export const fullBox = (type: string, version: number, flags: number, ...content: readonly Uint8Array[]): Uint8Array =>
  box(type, u32(version * 0x1000000 + flags), ...content);
