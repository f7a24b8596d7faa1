/** H.264 out of RTP (RFC 6184, packetization modes 0 and 1): packets in order become access units in Annex B. */
import type { WallMs } from "@livekit-replay/contract";
import { nalType, parseSliceStart, type SequenceParameters } from "../codec/h264.js";
import { AccessUnitParts } from "./h264-parts.js";
import { ParameterSets } from "./h264-sets.js";
import { PictureChain } from "./loss.js";
import type { RtpPacket } from "./packet.js";
import { read16 } from "./packet.js";
import { blankSize, type DepacketizerOptions, type PictureFormat, type VideoDepacketizer } from "./picture.js";

/** What a sequence parameter set says, as every codec says it. */
const formatOf = ({ codec, width, height, profile }: SequenceParameters): PictureFormat => ({
  kind: "h264",
  codec,
  width,
  height,
  setup: `h264 ${profile}`,
});

/** Depacketises one stream into access units in Annex B; a keyframe has its parameter sets in front. */
export class H264Depacketizer implements VideoDepacketizer {
  readonly #options: DepacketizerOptions;
  readonly #parts = new AccessUnitParts();
  readonly #chain = new PictureChain();
  #sets = new ParameterSets();
  /** RTP timestamp of the access unit that is being collected; null between two. */
  #timestamp: number | null = null;
  /** It is known to begin where it begins: the packet before it was seen, or it begins with a parameter set or a delimiter. */
  #whole = false;
  /** Nothing of the stream has been finished: what is in front of the first packet is unknown, but was never sent to us. */
  #atStart = true;
  #dropped = 0;
  #blanks = 0;

  /** Waits for the first keyframe. */
  constructor(options: DepacketizerOptions) {
    this.#options = options;
    this.#knowSets();
  }

  /** Whether nothing is emitted until a keyframe comes. */
  get needsKey(): boolean {
    return this.#chain.needsKey;
  }

  /** Since when packets of a keyframe have been coming in; null: none are. */
  get collectingKeySince(): WallMs | null {
    return this.#timestamp !== null && this.#whole && this.#parts.isKey ? this.#parts.arrival : null;
  }

  /** Access units that came, complete or damaged, and were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Blank keyframes that were dropped. */
  get blanks(): number {
    return this.#blanks;
  }

  /** Takes the next packet; its bytes are read until its access unit is emitted. */
  push(packet: RtpPacket): void {
    if (this.#timestamp !== null && packet.timestamp !== this.#timestamp) this.#finish();
    if (this.#timestamp === null) {
      this.#timestamp = packet.timestamp;
      this.#parts.begin();
    }
    this.#parts.seen(packet.arrival, packet.isBehind);
    this.#chain.seen(packet.timestamp);
    this.#payload(packet.bytes, packet.payloadStart, packet.payloadEnd);
    if (packet.marker) this.#finish();
  }

  /** Packets before the next one will never come. */
  lost(count: number): void {
    if (this.#timestamp !== null) this.#dropped += 1;
    this.#timestamp = null;
    this.#whole = false;
    this.#atStart = false;
    this.#chain.break(count);
  }

  /** Another stream follows, with timestamps and parameter sets of its own. */
  reset(): void {
    this.#timestamp = null;
    this.#sets = new ParameterSets();
    this.#knowSets();
    this.#whole = false;
    this.#atStart = true;
    this.#chain.reset();
  }

  #knowSets(): void {
    for (const set of this.#options.parameterSets ?? []) this.#sets.remember(set);
  }

  #payload(bytes: Uint8Array, start: number, end: number): void {
    const type = (bytes[start] ?? 0) & 0x1f;
    if (type >= 1 && type <= 23) {
      this.#begin(bytes[start] ?? 0, bytes, start + 1);
      this.#parts.unit(bytes, start, end);
    } else if (type === 24) {
      this.#aggregate(bytes, start + 1, end);
    } else if (type === 28 && end - start > 2) {
      this.#fragment(bytes, start, end);
    } else {
      this.#parts.damage();
    }
  }

  /** STAP-A (5.7.1). */
  #aggregate(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at + 2 < end;) {
      const from = at + 2;
      at = from + read16(bytes, at);
      if (at > end) {
        this.#parts.damage();
        return;
      }
      if (at === from) continue;
      this.#begin(bytes[from] ?? 0, bytes, from + 1);
      this.#parts.unit(bytes, from, at);
    }
  }

  /** FU-A (5.8). */
  #fragment(bytes: Uint8Array, start: number, end: number): void {
    const fuHeader = bytes[start + 1] ?? 0;
    const header = ((bytes[start] ?? 0) & 0xe0) | (fuHeader & 0x1f);
    const first = (fuHeader & 0x80) !== 0;
    if (first) this.#begin(header, bytes, start + 2);
    this.#parts.fragment(header, first, (fuHeader & 0x40) !== 0, bytes, start + 2, end);
  }

  /** Looks at a NAL unit's beginning: does its access unit begin here, and which parameter sets does it need? */
  #begin(header: number, bytes: Uint8Array, start: number): void {
    const type = header & 0x1f;
    const first = this.#parts.untouched;
    if (first && (type === nalType.sps || type === nalType.delimiter)) this.#whole = true;
    if ((type !== nalType.idr && type !== nalType.slice) || this.#parts.hasSlice) return;
    const slice = parseSliceStart(bytes, start);
    this.#parts.pictureId = slice?.pictureId ?? null;
    if (first && this.#atStart && slice?.firstMacroblock === 0) this.#whole = true;
  }

  #finish(): void {
    const timestamp = this.#timestamp ?? 0;
    const whole = this.#whole && !this.#parts.damaged;
    this.#timestamp = null;
    this.#atStart = false;
    this.#whole = true;
    if (whole) this.#emit(timestamp);
    else this.#drop();
  }

  #drop(): void {
    this.#dropped += 1;
    this.#chain.break(0);
  }

  #emit(timestamp: number): void {
    for (const set of this.#parts.sets) this.#sets.remember(set);
    if (!this.#parts.hasSlice) return;
    const key = this.#parts.isKey;
    const sets = key ? this.#sets.of(this.#parts.pictureId) : null;
    if (sets !== null && sets.parameters.width <= blankSize && sets.parameters.height <= blankSize) {
      this.#takeBlank();
      return;
    }
    if (key ? sets === null : this.#chain.needsKey) {
      this.#drop();
      return;
    }
    this.#options.onAccessUnit({
      timestamp,
      key,
      data: this.#parts.join(sets?.units ?? null),
      arrival: this.#parts.arrival,
      isTimely: this.#parts.isTimely,
      parameters: sets ? formatOf(sets.parameters) : null,
      loss: this.#chain.take(timestamp),
    });
  }

  /** The parameter sets of a blank picture must not be put before a real one. */
  #takeBlank(): void {
    this.#blanks += 1;
    this.#sets = new ParameterSets();
    this.#chain.blank();
  }
}
