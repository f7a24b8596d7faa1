/** The picture of a track whose codec may change: an SFU lists several payload types and may send another one at any time. */
import type { WallMs } from "@livekit-replay/contract";
import { keptCodec, videoDepacketizer } from "../rtp/depacketizer.js";
import { beginsKeyframe } from "../rtp/key-begin.js";
import type { RtpPacket } from "../rtp/packet.js";
import type { AccessUnit, VideoDepacketizer } from "../rtp/picture.js";
import type { VideoKind } from "../segment/gop.js";
import type { ShareVideoOptions } from "./options.js";

/** What a `PictureStream` tells. */
export interface PictureStreamCalls {
  readonly onAccessUnit: (unit: AccessUnit) => void;
  /** Another codec than before begins. */
  readonly onCodec: () => void;
}

/** Depacketises a track, with one depacketiser for each codec that has come. */
export class PictureStream {
  readonly #options: ShareVideoOptions;
  readonly #calls: PictureStreamCalls;
  readonly #kinds: ReadonlyMap<number, VideoKind>;
  readonly #known = new Map<VideoKind, VideoDepacketizer>();
  #kind: VideoKind | null = null;
  /** Packets lost before it is known which codec comes. */
  #lostEarly = 0;

  /** The codecs must have been checked. */
  constructor(options: ShareVideoOptions, calls: PictureStreamCalls) {
    this.#options = options;
    this.#calls = calls;
    const kinds = new Map<number, VideoKind>();
    for (const [payloadType, name] of options.codecs) {
      const codec = keptCodec(name);
      if (codec?.track === "video") kinds.set(payloadType, codec.kind);
    }
    this.#kinds = kinds;
  }

  /** Whether nothing is emitted until a keyframe comes. */
  get needsKey(): boolean {
    return this.#current?.needsKey ?? true;
  }

  /** Since when packets of a keyframe have been coming in; null: none are. */
  get collectingKeySince(): WallMs | null {
    return this.#current?.collectingKeySince ?? null;
  }

  /** Access units that came, complete or damaged, and were dropped. */
  get dropped(): number {
    return this.#sum((depacketizer) => depacketizer.dropped);
  }

  /** Blank keyframes that were dropped. */
  get blanks(): number {
    return this.#sum((depacketizer) => depacketizer.blanks);
  }

  /** Whether a packet begins a keyframe, as far as it tells. */
  beginsKey(packet: RtpPacket): boolean {
    const kind = this.#kinds.get(packet.payloadType);
    return kind !== undefined && beginsKeyframe(kind, packet);
  }

  /** Takes the next packet of the track. */
  push(packet: RtpPacket): void {
    const kind = this.#kinds.get(packet.payloadType);
    if (kind === undefined) return;
    if (kind !== this.#kind) this.#switch(kind);
    this.#current?.push(packet);
  }

  /** Packets before the next one will never come. */
  lost(count: number): void {
    if (this.#current) this.#current.lost(count);
    else this.#lostEarly += count;
  }

  /** Another stream follows. */
  reset(): void {
    for (const depacketizer of this.#known.values()) depacketizer.reset();
    this.#lostEarly = 0;
  }

  get #current(): VideoDepacketizer | null {
    return this.#kind === null ? null : (this.#known.get(this.#kind) ?? null);
  }

  /** Nothing of the codec before is of use to the new one: it starts afresh, with a keyframe. */
  #switch(kind: VideoKind): void {
    const isChange = this.#kind !== null;
    this.#kind = kind;
    const known = this.#known.get(kind);
    if (known) known.reset();
    else this.#known.set(kind, this.#make(kind));
    if (this.#lostEarly > 0) this.#current?.lost(this.#lostEarly);
    this.#lostEarly = 0;
    if (isChange) this.#calls.onCodec();
  }

  #make(kind: VideoKind): VideoDepacketizer {
    return videoDepacketizer(kind, { onAccessUnit: this.#calls.onAccessUnit, parameterSets: this.#options.parameterSets ?? [] });
  }

  #sum(count: (depacketizer: VideoDepacketizer) => number): number {
    return [...this.#known.values()].reduce((sum, depacketizer) => sum + count(depacketizer), 0);
  }
}
