/** Reads transport-wide feedback as a sender's estimator does (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1): written apart from the builder, to check it. */

/** One packet's status. */
export interface TwccStatus {
  /** 16 bits. */
  readonly sequence: number;
  /** Arrival in ms from the start of the 24-bit reference time; null: not received. */
  readonly arrivalMs: number | null;
}

/** A feedback packet. */
export interface TwccFeedback {
  readonly sender: number;
  readonly media: number;
  /** Feedback packet count, 8 bits. */
  readonly count: number;
  readonly statuses: readonly TwccStatus[];
}

/** Parses one RTCP feedback packet; throws `RangeError` where it breaks the format. */
export function readTwcc(bytes: Uint8Array): TwccFeedback {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[0] === undefined || (bytes[0] & 0xdf) !== 0x8f || bytes[1] !== 205) throw new RangeError("no transport-wide feedback");
  if ((view.getUint16(2) + 1) * 4 !== bytes.length) throw new RangeError("the length field is wrong");
  const padding = (bytes[0] & 0x20) === 0 ? 0 : (bytes.at(-1) ?? 0);
  const end = bytes.length - padding;
  const base = view.getUint16(12);
  const count = view.getUint16(14);
  const reference = view.getUint32(16) >>> 8;
  const symbols: number[] = [];
  let at = 20;
  for (; symbols.length < count; at += 2) {
    if (at + 2 > end) throw new RangeError("statuses are missing");
    symbols.push(...chunkSymbols(view.getUint16(at)));
  }
  let time = reference * 64;
  const statuses = symbols.slice(0, count).map((symbol, index) => {
    const sequence = (base + index) & 0xffff;
    if (symbol === 0) return { sequence, arrivalMs: null };
    if (symbol === 3) throw new RangeError("a reserved status");
    const delta = symbol === 1 ? view.getUint8(at) : view.getInt16(at);
    at += symbol;
    time += delta / 4;
    return { sequence, arrivalMs: time };
  });
  if (at !== end) throw new RangeError(`${end - at} bytes are left`);
  return { sender: view.getUint32(4), media: view.getUint32(8), count: bytes[19] ?? 0, statuses };
}

function chunkSymbols(chunk: number): number[] {
  if ((chunk & 0x8000) === 0) return Array.from({ length: chunk & 0x1fff }, () => (chunk >> 13) & 3);
  if ((chunk & 0x4000) === 0) return Array.from({ length: 14 }, (_, i) => (chunk >> (13 - i)) & 1);
  return Array.from({ length: 7 }, (_, i) => (chunk >> (12 - 2 * i)) & 3);
}
