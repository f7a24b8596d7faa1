/** Annex B (start codes) to length-prefixed NAL units (ISO/IEC 14496-15, 5.3.3): what MP4 holds. */

/** Where the NAL units of an access unit lie: `[start, end)` pairs, one after the other. */
export type NalBounds = readonly number[];

/**
 * Finds the NAL units between start codes of three or four bytes (ITU-T H.264, Annex B); zeros after a unit are not part of it.
 * @throws TypeError when the data does not begin with a start code.
 */
export function findNals(data: Uint8Array): NalBounds {
  const codes = findStartCodes(data);
  const first = codes[0];
  if (first === undefined || data.subarray(0, first).some((value) => value !== 0)) throw new TypeError("data must be Annex B: it does not begin with a start code");
  const bounds: number[] = [];
  codes.forEach((code, index) => {
    const start = code + 3;
    const end = withoutZeros(data, start, codes[index + 1] ?? data.length);
    if (end > start) bounds.push(start, end);
  });
  return bounds;
}

/** Positions of `00 00 01`. Most bytes are skipped: a byte over 1 can be in none of the three places. */
function findStartCodes(data: Uint8Array): readonly number[] {
  const found: number[] = [];
  for (let i = 2; i < data.length; ) {
    const value = data[i] ?? 0;
    if (value === 1 && data[i - 1] === 0 && data[i - 2] === 0) found.push(i - 2);
    i += value === 0 ? 1 : 3;
  }
  return found;
}

const withoutZeros = (data: Uint8Array, start: number, end: number): number => {
  let last = end;
  while (last > start && data[last - 1] === 0) last -= 1;
  return last;
};

/** Bytes of the access unit with a 4-byte length before each NAL unit. */
export function prefixedSize(bounds: NalBounds): number {
  let size = 0;
  for (let i = 0; i < bounds.length; i += 2) size += 4 + (bounds[i + 1] ?? 0) - (bounds[i] ?? 0);
  return size;
}

/** Writes the access unit with lengths to `target` at `at` and returns where it ends. */
export function writePrefixed(data: Uint8Array, bounds: NalBounds, target: Uint8Array, at: number): number {
  const view = new DataView(target.buffer, target.byteOffset);
  let to = at;
  for (let i = 0; i < bounds.length; i += 2) {
    const start = bounds[i] ?? 0;
    const length = (bounds[i + 1] ?? 0) - start;
    view.setUint32(to, length);
    target.set(data.subarray(start, start + length), to + 4);
    to += 4 + length;
  }
  return to;
}
