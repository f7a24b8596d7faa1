/** The H.264 byte stream format (ITU-T H.264, annex B): NAL units between start codes. */

/** The start code that this product writes before every NAL unit. */
export const startCode: Uint8Array = Uint8Array.of(0, 0, 0, 1);

/**
 * The NAL units of a byte stream, in order, as views without start codes and without the zero bytes around them.
 * Bytes before the first start code are left out. A stream without one holds none.
 */
export function nalUnits(stream: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  let start = -1;
  let at = 0;
  while (at + 2 < stream.length) {
    const third = stream[at + 2] ?? 0;
    if (third > 1) {
      at += 3;
    } else if (third === 1 && stream[at] === 0 && stream[at + 1] === 0) {
      if (start >= 0) pushUnit(units, stream, start, at);
      at += 3;
      start = at;
    } else {
      at += 1;
    }
  }
  if (start >= 0) pushUnit(units, stream, start, stream.length);
  return units;
}

/** A NAL unit never ends in zero bytes (7.4.1): those belong to the next start code or are padding. */
function pushUnit(units: Uint8Array[], stream: Uint8Array, start: number, limit: number): void {
  let end = limit;
  while (end > start && stream[end - 1] === 0) end -= 1;
  if (end > start) units.push(stream.subarray(start, end));
}

/** One byte stream of NAL units, each after a start code. */
export function annexB(units: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const unit of units) size += startCode.length + unit.length;
  const stream = new Uint8Array(size);
  let at = 0;
  for (const unit of units) {
    stream.set(startCode, at);
    stream.set(unit, at + startCode.length);
    at += startCode.length + unit.length;
  }
  return stream;
}
