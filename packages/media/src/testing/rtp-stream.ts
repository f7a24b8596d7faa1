/** The sending side of one RTP stream (RFC 3550, 5.1): headers, sequence numbers and header extensions (RFC 8285). Used by the packetisers. */
import type { RtpTicks } from "@livekit-replay/contract";
import { ascii } from "./ascii.js";

/** Hands out transport-wide sequence numbers: one counter for all streams of a transport. */
export class TransportSequence {
  #next: number;

  /** `first` is the first number handed out (16 bits). */
  constructor(first = 0) {
    this.#next = first & 0xffff;
  }

  /** The next number; wraps after 65535. */
  next(): number {
    const value = this.#next;
    this.#next = (value + 1) & 0xffff;
    return value;
  }
}

/** Header extensions of a stream's packets, with the ids of the SDP's `extmap`. */
export interface RtpStreamExtensions {
  /** `urn:ietf:params:rtp-hdrext:sdes:mid` (RFC 9143). */
  readonly mid?: { readonly id: number; readonly value: string };
  /** Transport-wide sequence number (draft-holmer-rmcat-transport-wide-cc-extensions-01, section 2). */
  readonly twcc?: { readonly id: number; readonly sequence: TransportSequence };
}

/** What a stream's headers say. */
export interface RtpStreamOptions {
  readonly ssrc: number;
  readonly payloadType: number;
  /** Sequence number of the first packet. Default 0. */
  readonly firstSequence?: number;
  readonly extensions?: RtpStreamExtensions;
}

/** Makes the packets of one SSRC. */
export class RtpStream {
  readonly ssrc: number;
  readonly #payloadType: number;
  readonly #extensions: RtpStreamExtensions;
  #sequence: number;
  #packets = 0;
  #octets = 0;

  /** Starts a stream; nothing is sent yet. */
  constructor(options: RtpStreamOptions) {
    this.ssrc = options.ssrc >>> 0;
    this.#payloadType = options.payloadType;
    this.#extensions = options.extensions ?? {};
    this.#sequence = (options.firstSequence ?? 0) & 0xffff;
  }

  /** Packets made so far (a sender report's packet count). */
  get packetCount(): number {
    return this.#packets;
  }

  /** Payload bytes so far (a sender report's octet count). */
  get octetCount(): number {
    return this.#octets;
  }

  /** Sequence number of the next packet. */
  get nextSequence(): number {
    return this.#sequence;
  }

  /** One packet; `parts` are the payload's pieces in order. */
  packet(timestamp: RtpTicks, marker: boolean, parts: readonly Uint8Array[]): Uint8Array {
    return this.#write(timestamp, marker, parts, 0);
  }

  /** A packet of padding only, as bandwidth probes send: it takes a sequence number and has no payload. */
  padding(timestamp: RtpTicks, size = 255): Uint8Array {
    return this.#write(timestamp, false, [], Math.min(Math.max(size, 1), 255));
  }

  #write(timestamp: RtpTicks, marker: boolean, parts: readonly Uint8Array[], padding: number): Uint8Array {
    const extension = extensionBlock(this.#extensions);
    let payload = 0;
    for (const part of parts) payload += part.length;
    const packet = new Uint8Array(12 + extension.length + payload + padding);
    const view = new DataView(packet.buffer);
    packet[0] = 0x80 | (padding > 0 ? 0x20 : 0) | (extension.length > 0 ? 0x10 : 0);
    packet[1] = (marker ? 0x80 : 0) | this.#payloadType;
    view.setUint16(2, this.#sequence);
    view.setUint32(4, timestamp >>> 0);
    view.setUint32(8, this.ssrc);
    packet.set(extension, 12);
    let at = 12 + extension.length;
    for (const part of parts) {
      packet.set(part, at);
      at += part.length;
    }
    if (padding > 0) packet[packet.length - 1] = padding;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#packets += 1;
    this.#octets += payload;
    return packet;
  }
}

interface Element {
  readonly id: number;
  readonly data: Uint8Array;
}

/** One-byte form where ids and lengths allow it, else the two-byte form (RFC 8285, 4.2 and 4.3). */
function extensionBlock(extensions: RtpStreamExtensions): Uint8Array {
  const elements: Element[] = [];
  if (extensions.mid) elements.push({ id: extensions.mid.id, data: ascii(extensions.mid.value) });
  if (extensions.twcc) {
    const sequence = extensions.twcc.sequence.next();
    elements.push({ id: extensions.twcc.id, data: Uint8Array.of(sequence >> 8, sequence & 0xff) });
  }
  if (elements.length === 0) return new Uint8Array(0);
  const short = elements.every((element) => element.id <= 14 && element.data.length >= 1 && element.data.length <= 16);
  return writeElements(elements, short);
}

function writeElements(elements: readonly Element[], short: boolean): Uint8Array {
  const head = short ? 1 : 2;
  const size = elements.reduce((sum, element) => sum + head + element.data.length, 0);
  const words = Math.ceil(size / 4);
  const block = new Uint8Array(4 + words * 4);
  block.set(short ? [0xbe, 0xde] : [0x10, 0x00]);
  block[3] = words;
  let at = 4;
  for (const { id, data } of elements) {
    if (short) {
      block[at] = (id << 4) | (data.length - 1);
    } else {
      block.set([id, data.length], at);
    }
    block.set(data, at + head);
    at += head + data.length;
  }
  return block;
}
