/**
 * Whether a packet begins a keyframe, seen from the packet alone: known as soon as it has come, however many holes are in front of it.
 * A hint for pacing requests; what the frame really is says the depacketiser.
 */
import { nalType } from "../codec/h264.js";
import type { VideoKind } from "../segment/gop.js";
import type { RtpPacket } from "./packet.js";

const stapA = 24;
const fuA = 28;

/** RFC 6184, 5.6 to 5.8: a parameter set or an IDR slice, alone, first in an aggregate, or its first fragment. */
function beginsH264(bytes: Uint8Array, start: number, end: number): boolean {
  const type = (bytes[start] ?? 0) & 0x1f;
  const header = bytes[start + (type === stapA ? 3 : 1)] ?? 0;
  if (type === fuA) return (header & 0x80) !== 0 && (header & 0x1f) === nalType.idr;
  const first = type === stapA && start + 3 < end ? header & 0x1f : type;
  return first === nalType.sps || first === nalType.idr;
}

/** RFC 7741, 4.2 and 4.3: the start of the first partition, and P is 0 in the frame's own header. */
function beginsVp8(bytes: Uint8Array, start: number, end: number): boolean {
  if (((bytes[start] ?? 0) & 0x1f) !== 0x10) return false;
  const extended = ((bytes[start] ?? 0) & 0x80) !== 0;
  const flags = extended ? (bytes[start + 1] ?? 0) : 0;
  let at = start + (extended ? 2 : 1);
  if ((flags & 0x80) !== 0) at += ((bytes[at] ?? 0) & 0x80) !== 0 ? 2 : 1;
  if ((flags & 0x40) !== 0) at += 1;
  if ((flags & 0x30) !== 0) at += 1;
  return at < end && ((bytes[at] ?? 1) & 1) === 0;
}

/** RFC 9628, 4.2: B without P, and not predicted from a lower layer (D) where layers are told. */
function beginsVp9(bytes: Uint8Array, start: number): boolean {
  const flags = bytes[start] ?? 0;
  return (flags & 0x08) !== 0 && (flags & 0x40) === 0;
}

/** Whether a packet of that codec begins a keyframe. */
export function beginsKeyframe(kind: VideoKind, { bytes, payloadStart: start, payloadEnd: end }: RtpPacket): boolean {
  if (start >= end) return false;
  switch (kind) {
    case "h264":
      return beginsH264(bytes, start, end);
    case "vp8":
      return beginsVp8(bytes, start, end);
    case "vp9":
      return beginsVp9(bytes, start);
    case "av1":
      // The aggregation header's N: a new coded video sequence ("RTP Payload Format For AV1", 4.4).
      return ((bytes[start] ?? 0) & 0x08) !== 0;
  }
}
