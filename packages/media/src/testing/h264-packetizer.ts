/** H.264 access units to RTP packets (RFC 6184): single NAL units, STAP-A for small ones, FU-A for large ones. */
import type { RtpTicks } from "@livekit-replay/contract";
import { nalUnits } from "../codec/annex-b.js";
import { RtpStream, type RtpStreamOptions } from "./rtp-stream.js";

/** Options of an `H264Packetizer`. */
export interface H264PacketizerOptions extends RtpStreamOptions {
  /** Largest payload of a packet, bytes, without the RTP header. Default 1180: with headers and SRTP below 1280. */
  readonly maxPayload?: number;
  /** `packetization-mode` of the SDP: 0 single NAL units only, 1 with STAP-A and FU-A. Default 1. */
  readonly mode?: 0 | 1;
  /** Whether small NAL units share a packet (STAP-A). Default true; only in mode 1. */
  readonly aggregate?: boolean;
}

/** Cuts Annex B access units into RTP packets. */
export class H264Packetizer {
  readonly stream: RtpStream;
  readonly #maxPayload: number;
  readonly #fragments: boolean;
  readonly #aggregates: boolean;

  /** Starts a stream; nothing is sent yet. */
  constructor(options: H264PacketizerOptions) {
    this.stream = new RtpStream(options);
    this.#maxPayload = options.maxPayload ?? 1180;
    this.#fragments = (options.mode ?? 1) === 1;
    this.#aggregates = this.#fragments && (options.aggregate ?? true);
  }

  /** The packets of one access unit; the last one carries the marker. An access unit without a NAL unit makes none. */
  packetize(accessUnit: Uint8Array, timestamp: RtpTicks): Uint8Array[] {
    const payloads = this.#payloads(nalUnits(accessUnit));
    return payloads.map((parts, index) => this.stream.packet(timestamp, index === payloads.length - 1, parts));
  }

  #payloads(units: readonly Uint8Array[]): Uint8Array[][] {
    const payloads: Uint8Array[][] = [];
    let group: Uint8Array[] = [];
    let groupSize = 1;
    const closeGroup = (): void => {
      if (group.length > 1) payloads.push(stapA(group));
      else if (group.length === 1) payloads.push(group);
      group = [];
      groupSize = 1;
    };
    for (const unit of units) {
      if (!this.#fragments || unit.length <= this.#maxPayload) {
        if (!this.#aggregates || groupSize + 2 + unit.length > this.#maxPayload) closeGroup();
        group.push(unit);
        groupSize += 2 + unit.length;
        if (!this.#aggregates) closeGroup();
      } else {
        closeGroup();
        fuA(unit, this.#maxPayload, payloads);
      }
    }
    closeGroup();
    return payloads;
  }
}

/** STAP-A (5.7.1): the header takes the largest NRI and any F bit of its units. */
function stapA(units: readonly Uint8Array[]): Uint8Array[] {
  let header = 24;
  const parts: Uint8Array[] = [];
  for (const unit of units) {
    const first = unit[0] ?? 0;
    header |= first & 0x80;
    if ((first & 0x60) > (header & 0x60)) header = (header & ~0x60) | (first & 0x60);
    parts.push(Uint8Array.of(unit.length >> 8, unit.length & 0xff), unit);
  }
  return [Uint8Array.of(header), ...parts];
}

/** FU-A (5.8): the unit's header byte travels in the indicator and the FU header. */
function fuA(unit: Uint8Array, maxPayload: number, payloads: Uint8Array[][]): void {
  const first = unit[0] ?? 0;
  const step = maxPayload - 2;
  for (let at = 1; at < unit.length; at += step) {
    const start = at === 1 ? 0x80 : 0;
    const end = at + step >= unit.length ? 0x40 : 0;
    const head = Uint8Array.of((first & 0xe0) | 28, start | end | (first & 0x1f));
    payloads.push([head, unit.subarray(at, Math.min(at + step, unit.length))]);
  }
}
