/** Reads the boxes of an MP4 (ISO/IEC 14496-12), as far as a film needs them. Written for the peers alone, so that it shares no mistake with the product. */

/** A box in a file that is held in memory. `bytes` is the payload, without the header. */
export interface Box {
  readonly type: string;
  readonly bytes: DataView;
}

/** The boxes that lie next to each other in these bytes. Throws `RangeError` when one reaches past the end. */
export function* boxesOf(bytes: DataView): Generator<Box> {
  let offset = 0;
  while (offset + 8 <= bytes.byteLength) {
    const short = bytes.getUint32(offset);
    const type = String.fromCharCode(...new Uint8Array(bytes.buffer, bytes.byteOffset + offset + 4, 4));
    const header = short === 1 ? 16 : 8;
    const size = short === 1 ? Number(bytes.getBigUint64(offset + 8)) : short === 0 ? bytes.byteLength - offset : short;
    if (size < header || offset + size > bytes.byteLength) throw new RangeError(`Box ${type} does not fit`);
    yield { type, bytes: new DataView(bytes.buffer, bytes.byteOffset + offset + header, size - header) };
    offset += size;
  }
}

/** The first box on a path of types, or null. */
export function findBox(bytes: DataView, ...path: string[]): DataView | null {
  const [type, ...rest] = path;
  for (const box of boxesOf(bytes)) {
    if (box.type === type) return rest.length === 0 ? box.bytes : findBox(box.bytes, ...rest);
  }
  return null;
}

/** Like `findBox`, but a missing box is an error. */
export function needBox(bytes: DataView, ...path: string[]): DataView {
  const found = findBox(bytes, ...path);
  if (!found) throw new RangeError(`No box ${path.join("/")}`);
  return found;
}
