/** Packets in order become frames, for codecs whose payloads say where a frame begins: VP8, VP9, AV1. What a payload means is the matter of a `FrameReader`. */
import { type WallMs, wallMs } from "@livekit-replay/contract";
import { PictureChain } from "./loss.js";
import type { RtpPacket } from "./packet.js";
import { blankSize, type DepacketizerOptions, type PictureFormat, type VideoDepacketizer } from "./picture.js";

/** A frame whose packets are all there. */
export interface ReadFrame {
  /** Nobody else holds these bytes. */
  readonly data: Uint8Array;
  /** Of a keyframe: what it says about the stream. Null: it is none. */
  readonly parameters: PictureFormat | null;
}

/** Collects the payloads of one frame at a time. The payloads' bytes stay as they are until `finish`. */
export interface FrameReader {
  /** Whether what came so far belongs to a keyframe, from its beginning on. */
  readonly isKey: boolean;
  /** The next frame begins. `follows`: nothing is missing in front of it. */
  begin(follows: boolean): void;
  /** The payload of the next packet: `bytes[start, end)`, not empty. */
  payload(bytes: Uint8Array, start: number, end: number): void;
  /** The frame; `damaged` when something of it is missing or malformed, or a keyframe is not known how to decode; null when there is nothing in it to show. */
  finish(): ReadFrame | "damaged" | null;
  /** Another stream follows: what was remembered of this one is void. */
  reset(): void;
}

/** Depacketises one stream with a codec's reader. */
export class FrameDepacketizer implements VideoDepacketizer {
  readonly #options: DepacketizerOptions;
  readonly #reader: FrameReader;
  readonly #chain = new PictureChain();
  /** RTP timestamp of the frame that is being collected; null between two. */
  #timestamp: number | null = null;
  /** Nothing is missing in front of the next frame. */
  #follows = true;
  #arrival: WallMs = wallMs(Infinity);
  #isTimely = false;
  #dropped = 0;
  #blanks = 0;

  /** Waits for the first keyframe. */
  constructor(options: DepacketizerOptions, reader: FrameReader) {
    this.#options = options;
    this.#reader = reader;
  }

  /** See `VideoDepacketizer`. */
  get needsKey(): boolean {
    return this.#chain.needsKey;
  }

  /** See `VideoDepacketizer`. */
  get collectingKeySince(): WallMs | null {
    return this.#timestamp !== null && this.#reader.isKey ? this.#arrival : null;
  }

  /** See `VideoDepacketizer`. */
  get dropped(): number {
    return this.#dropped;
  }

  /** See `VideoDepacketizer`. */
  get blanks(): number {
    return this.#blanks;
  }

  /** See `VideoDepacketizer`. */
  push(packet: RtpPacket): void {
    if (this.#timestamp !== null && packet.timestamp !== this.#timestamp) this.#finish();
    if (this.#timestamp === null) this.#begin(packet.timestamp);
    if (packet.arrival < this.#arrival) {
      this.#arrival = packet.arrival;
      this.#isTimely = !packet.isBehind;
    }
    this.#chain.seen(packet.timestamp);
    this.#reader.payload(packet.bytes, packet.payloadStart, packet.payloadEnd);
    if (packet.marker) this.#finish();
  }

  /** See `VideoDepacketizer`. */
  lost(count: number): void {
    if (this.#timestamp !== null) this.#dropped += 1;
    this.#timestamp = null;
    this.#follows = false;
    this.#chain.break(count);
  }

  /** See `VideoDepacketizer`. */
  reset(): void {
    this.#timestamp = null;
    this.#follows = true;
    this.#reader.reset();
    this.#chain.reset();
  }

  #begin(timestamp: number): void {
    this.#timestamp = timestamp;
    this.#arrival = wallMs(Infinity);
    this.#reader.begin(this.#follows);
    this.#follows = true;
  }

  #finish(): void {
    const timestamp = this.#timestamp ?? 0;
    this.#timestamp = null;
    const frame = this.#reader.finish();
    if (frame === null) return;
    if (frame !== "damaged" && frame.parameters && isBlank(frame.parameters)) {
      this.#blanks += 1;
      this.#reader.reset();
      this.#chain.blank();
    } else if (frame === "damaged" || (frame.parameters === null && this.#chain.needsKey)) {
      this.#dropped += 1;
      this.#chain.break(0);
    } else {
      this.#options.onAccessUnit({
        timestamp,
        key: frame.parameters !== null,
        ...frame,
        arrival: this.#arrival,
        isTimely: this.#isTimely,
        loss: this.#chain.take(timestamp),
      });
    }
  }
}

const isBlank = ({ width, height }: PictureFormat): boolean => width <= blankSize && height <= blankSize;
