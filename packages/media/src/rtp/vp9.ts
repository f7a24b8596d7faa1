/** VP9 out of RTP (RFC 9628). The frames of all spatial layers of a picture that come stay together, as one superframe. */
import { parseVp9Frame, vp9Codec, vp9Level, type Vp9Parameters, vp9Superframe } from "../codec/vp9.js";
import type { FrameReader, ReadFrame } from "./frames.js";
import { maxPictureBytes, type PictureFormat } from "./picture.js";
import { Pieces } from "./pieces.js";
import { parseVp9Descriptor, type Vp9Descriptor } from "./vp9-descriptor.js";

/** Collects the frames of one picture. */
export class Vp9Reader implements FrameReader {
  readonly #pieces = new Pieces();
  /** Finished frames of lower layers. */
  #frames: Uint8Array[] = [];
  /** Of all layers. */
  #bytes = 0;
  #isOpen = false;
  #isWhole = false;
  #isDamaged = false;
  #isKey = false;
  #layer = 0;
  /** Of the newest structure that was told: it holds until the next. */
  #sizes: Vp9Descriptor["sizes"] = null;

  /** See `FrameReader`. */
  get isKey(): boolean {
    return this.#isWhole && this.#isKey;
  }

  /** See `FrameReader`. A VP9 frame says itself whether it begins. */
  begin(_follows: boolean): void {
    this.#pieces.clear();
    this.#frames = [];
    this.#bytes = 0;
    this.#isOpen = false;
    this.#isWhole = false;
    this.#isDamaged = false;
    this.#isKey = false;
    this.#layer = 0;
  }

  /** See `FrameReader`. */
  payload(bytes: Uint8Array, start: number, end: number): void {
    const descriptor = parseVp9Descriptor(bytes, start, end);
    if (descriptor === null || descriptor.begins === this.#isOpen) {
      this.#isDamaged = true;
      return;
    }
    const data = bytes.subarray(descriptor.end, end);
    if (descriptor.begins) this.#beginFrame(descriptor, data);
    this.#isOpen = !descriptor.ends;
    this.#pieces.add(data);
    if (descriptor.ends) this.#endFrame();
  }

  /** See `FrameReader`. */
  finish(): ReadFrame | "damaged" | null {
    const [lowest] = this.#frames;
    if (!this.#isWhole || this.#isDamaged || this.#isOpen || !lowest) return "damaged";
    const frame = parseVp9Frame(lowest);
    const data = vp9Superframe(this.#frames);
    if (frame === null || data === null) return "damaged";
    return { data, parameters: frame.parameters ? this.#format(frame.parameters) : null };
  }

  /** See `FrameReader`. */
  reset(): void {
    this.begin(false);
    this.#sizes = null;
  }

  #beginFrame({ spatialLayer, needsLower, sizes }: Vp9Descriptor, data: Uint8Array): void {
    this.#sizes = sizes ?? this.#sizes;
    if (this.#frames.length === 0) {
      this.#isWhole = !needsLower;
      this.#isKey = parseVp9Frame(data)?.key ?? false;
    } else if (spatialLayer <= this.#layer) {
      this.#isDamaged = true;
    }
    this.#layer = spatialLayer;
  }

  /** Of a picture that is damaged nothing more is kept: there may be no end of it. */
  #endFrame(): void {
    this.#bytes += this.#pieces.bytes;
    if (this.#pieces.isTooLarge || this.#bytes > maxPictureBytes) this.#isDamaged = true;
    else if (!this.#isDamaged) this.#frames.push(this.#pieces.join());
    this.#pieces.clear();
  }

  /** With layers, the picture that is shown is the highest one's. */
  #format(parameters: Vp9Parameters): PictureFormat {
    const own = this.#frames.length > 1 ? this.#sizes?.[this.#layer] : undefined;
    const { width, height } = own ?? parameters;
    const { profile, bitDepth, chroma } = parameters;
    return {
      kind: "vp9",
      codec: vp9Codec({ profile, bitDepth, chroma, level: vp9Level(width, height) }),
      width,
      height,
      setup: `vp9 ${profile} ${bitDepth} ${chroma}`,
    };
  }
}
