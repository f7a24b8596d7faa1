/** MPEG transport stream packets (ISO/IEC 13818-1, 2.4.3.2): fixed pieces of 188 bytes that carry tables and elementary streams by number (PID). */
import { MediaFormatError } from "../segment/error.js";

/** Bytes of every packet. */
const PACKET_BYTES = 188;
const SYNC = 0x47;

/** What a packet carries: `payload` is a view into the file. */
export interface TransportPacket {
  readonly pid: number;
  /** A table or a PES packet begins here. */
  readonly starts: boolean;
  readonly payload: Uint8Array;
}

function payloadStart(bytes: Uint8Array, at: number, control: number): number {
  if ((control & 2) === 0) return at + 4;
  return at + 5 + (bytes[at + 4] ?? 0);
}

/** Each stream numbers its packets modulo 16: a number that is missing is a packet that is missing. */
class Continuity {
  readonly #next = new Map<number, number>();

  check(pid: number, counter: number): void {
    const expected = this.#next.get(pid);
    if (expected !== undefined && expected !== counter)
      throw new MediaFormatError("malformed", "packets of the transport stream are missing");
    this.#next.set(pid, (counter + 1) % 16);
  }
}

/**
 * The packets of a file that have a payload, in order.
 * @throws MediaFormatError: `truncated` for a part of a packet at the end, `foreign` where no packet begins, `malformed` for an error flag, scrambling or a missing packet.
 */
export function* transportPackets(bytes: Uint8Array): Generator<TransportPacket> {
  if (bytes.length === 0) throw new MediaFormatError("truncated", "the transport stream is empty");
  if (bytes[0] !== SYNC) throw new MediaFormatError("foreign", "it is no transport stream");
  if (bytes.length % PACKET_BYTES !== 0) throw new MediaFormatError("truncated", "the transport stream ends inside a packet");
  const continuity = new Continuity();
  for (let at = 0; at < bytes.length; at += PACKET_BYTES) {
    const [second = 0, third = 0, fourth = 0] = bytes.subarray(at + 1, at + 4);
    if (bytes[at] !== SYNC) throw new MediaFormatError("foreign", "a packet does not begin where it should");
    const pid = (second & 0x1f) * 256 + third;
    const control = (fourth >> 4) & 3;
    if ((second & 0x80) !== 0 || (fourth & 0xc0) !== 0) throw new MediaFormatError("malformed", "a packet is damaged or scrambled");
    if (pid === 0x1fff || (control & 1) === 0) continue;
    continuity.check(pid, fourth & 15);
    const start = payloadStart(bytes, at, control);
    const end = at + PACKET_BYTES;
    if (start > end) throw new MediaFormatError("malformed", "an adaptation field is longer than its packet");
    yield { pid, starts: (second & 0x40) !== 0, payload: bytes.subarray(start, end) };
  }
}
