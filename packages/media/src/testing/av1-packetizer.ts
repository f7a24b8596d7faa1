/** AV1 temporal units to RTP packets ("RTP Payload Format For AV1", version 1.0): OBUs without sizes and delimiters, cut into elements. */
import type { RtpTicks } from "@livekit-replay/contract";
import { concat } from "../segment/box.js";
import { leb128, obusOf, obuType } from "../codec/obu.js";
import { RtpStream, type RtpStreamOptions } from "./rtp-stream.js";

/** Options of an `Av1Packetizer`. */
export interface Av1PacketizerOptions extends RtpStreamOptions {
  /** Largest payload of a packet, bytes, without the RTP header. Default 1180. */
  readonly maxPayload?: number;
  /** Whether packets say how many elements they have (W), where that is possible. Default true, as browsers do. */
  readonly counted?: boolean;
}

interface Packing {
  readonly elements: Uint8Array[];
  /** The first one goes on from the packet before; the last one goes on in the next. */
  readonly continues: boolean;
  goesOn: boolean;
}

/** Cuts AV1 temporal units into RTP packets. */
export class Av1Packetizer {
  readonly stream: RtpStream;
  readonly #options: Av1PacketizerOptions;

  /** Starts a stream; nothing is sent yet. */
  constructor(options: Av1PacketizerOptions) {
    this.stream = new RtpStream(options);
    this.#options = options;
  }

  /** The packets of one temporal unit in the low-overhead format; the last one carries the marker. */
  packetize(unit: Uint8Array, timestamp: RtpTicks): Uint8Array[] {
    const obus = (obusOf(unit) ?? []).filter(({ type }) => type !== obuType.delimiter);
    const isNew = obus.some(({ type }) => type === obuType.sequence);
    const packings = this.#pack(obus.map(({ header, payload }) => concat([header, payload])));
    return packings.map((packing, i) => this.stream.packet(timestamp, i === packings.length - 1, this.#payload(packing, isNew && i === 0)));
  }

  /** Fills packet after packet; lengths are counted as two bytes, which they are at most. */
  #pack(obus: readonly Uint8Array[]): Packing[] {
    const room = (this.#options.maxPayload ?? 1180) - 1;
    const packings: Packing[] = [];
    let packing: Packing = { elements: [], continues: false, goesOn: false };
    let used = 0;
    const next = (continues: boolean): void => {
      packing.goesOn = continues;
      packings.push(packing);
      packing = { elements: [], continues, goesOn: false };
      used = 0;
    };
    for (const obu of obus) {
      for (let at = 0; at < obu.length;) {
        if (used + 3 > room) next(at > 0);
        const take = Math.min(obu.length - at, room - used - 2);
        packing.elements.push(obu.subarray(at, at + take));
        used += take + 2;
        at += take;
      }
    }
    next(false);
    return packings;
  }

  #payload({ elements, continues, goesOn }: Packing, isNew: boolean): Uint8Array[] {
    const count = (this.#options.counted ?? true) && elements.length <= 3 ? elements.length : 0;
    const head = (continues ? 0x80 : 0) | (goesOn ? 0x40 : 0) | (count << 4) | (isNew ? 0x08 : 0);
    const parts = elements.flatMap((element, i) => (i + 1 === count ? [element] : [leb128(element.length), element]));
    return [Uint8Array.of(head), ...parts];
  }
}
