/** Packet status chunks of transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1.2 to 3.1.4). */

/** Largest run of a run length chunk: 13 bits. */
const maxRun = 8191;

/**
 * Packs statuses (0 not received, 1 small delta, 2 large or negative delta) into 16-bit chunks: a run where it covers
 * at least what a vector would, 14 one-bit statuses where no large delta is among them, else 7 two-bit ones. The last vector is filled with zeros.
 */
export function packStatuses(statuses: readonly number[]): number[] {
  const chunks: number[] = [];
  let at = 0;
  while (at < statuses.length) {
    const run = runLength(statuses, at);
    const rest = statuses.length - at;
    const oneBit = fitsOneBit(statuses, at);
    if (run >= Math.min(oneBit ? 14 : 7, rest)) {
      chunks.push(((statuses[at] ?? 0) << 13) | run);
      at += run;
    } else {
      chunks.push(oneBit ? vector(statuses, at, 14, 1, 0x8000) : vector(statuses, at, 7, 2, 0xc000));
      at += oneBit ? 14 : 7;
    }
  }
  return chunks;
}

function runLength(statuses: readonly number[], from: number): number {
  const limit = Math.min(statuses.length, from + maxRun);
  let end = from + 1;
  while (end < limit && statuses[end] === statuses[from]) end += 1;
  return end - from;
}

const fitsOneBit = (statuses: readonly number[], from: number): boolean => {
  for (let i = from; i < Math.min(from + 14, statuses.length); i += 1) if ((statuses[i] ?? 0) > 1) return false;
  return true;
};

function vector(statuses: readonly number[], from: number, count: number, bits: number, head: number): number {
  let chunk = head;
  for (let i = 0; i < count; i += 1) chunk |= (statuses[from + i] ?? 0) << ((count - 1 - i) * bits);
  return chunk;
}
