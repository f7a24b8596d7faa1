/** RTCP to the publisher: receiver reports, generic NACK, PLI, REMB. Each is a packet of its own (reduced size, RFC 5506). */
import type { ReportBlock } from "./reception.js";

function packet(format: number, type: number, bytes: number): { packet: Uint8Array; view: DataView } {
  const data = new Uint8Array(bytes);
  const view = new DataView(data.buffer);
  data[0] = 0x80 | format;
  data[1] = type;
  view.setUint16(2, bytes / 4 - 1);
  return { packet: data, view };
}

/** A receiver report (RFC 3550, 6.4.2) with up to 31 blocks. */
export function receiverReport(sender: number, blocks: readonly ReportBlock[]): Uint8Array {
  const { packet: report, view } = packet(blocks.length, 201, 8 + blocks.length * 24);
  view.setUint32(4, sender);
  blocks.forEach((block, index) => {
    const at = 8 + index * 24;
    view.setUint32(at, block.ssrc);
    view.setUint32(at + 4, ((block.fractionLost << 24) | (block.cumulativeLost & 0xffffff)) >>> 0);
    view.setUint32(at + 8, block.highestSequence);
    view.setUint32(at + 12, block.jitter);
    view.setUint32(at + 16, block.lastReport);
    view.setUint32(at + 20, block.sinceLastReport);
  });
  return report;
}

/** A picture loss indication (RFC 4585, 6.3.1): asks for a keyframe. */
export function pictureLoss(sender: number, media: number): Uint8Array {
  const { packet: pli, view } = packet(1, 206, 12);
  view.setUint32(4, sender);
  view.setUint32(8, media);
  return pli;
}

/** A generic NACK (RFC 4585, 6.2.1) for sequence numbers in ascending order (modulo 2^16): each item names one and up to 16 that follow it. */
export function genericNack(sender: number, media: number, sequences: readonly number[]): Uint8Array {
  const items: { first: number; mask: number }[] = [];
  for (const value of sequences) {
    const sequence = value & 0xffff;
    const last = items.at(-1);
    const ahead = last === undefined ? 0 : (sequence - last.first) & 0xffff;
    if (last !== undefined && ahead >= 1 && ahead <= 16) last.mask |= 1 << (ahead - 1);
    else items.push({ first: sequence, mask: 0 });
  }
  const { packet: nack, view } = packet(1, 205, 12 + items.length * 4);
  view.setUint32(4, sender);
  view.setUint32(8, media);
  items.forEach((item, index) => view.setUint32(12 + index * 4, ((item.first << 16) | item.mask) >>> 0));
  return nack;
}

/** A receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03, 2.2): the fallback where transport-wide feedback is not agreed. `bitsPerSecond` is rounded down. */
export function maximumBitrate(sender: number, bitsPerSecond: number, media: readonly number[]): Uint8Array {
  const { packet: remb, view } = packet(15, 206, 20 + media.length * 4);
  let exponent = 0;
  let mantissa = Math.floor(bitsPerSecond);
  while (mantissa > 0x3ffff) {
    mantissa = Math.floor(mantissa / 2);
    exponent += 1;
  }
  view.setUint32(4, sender);
  remb.set([0x52, 0x45, 0x4d, 0x42, media.length, (exponent << 2) | (mantissa >> 16)], 12);
  view.setUint16(18, mantissa & 0xffff);
  media.forEach((ssrc, index) => view.setUint32(20 + index * 4, ssrc));
  return remb;
}
