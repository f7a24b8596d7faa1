/**
 * Reads the bits of headers: fixed fields and Exp-Golomb codes (ITU-T H.264, 7.2 and 9.1).
 * `escaped` bytes are those of an H.264 NAL unit, whose emulation prevention bytes are left out; `plain` ones are read as they are (VP9, AV1).
 */

/** A reader that never throws: past the end it gives zeros and says so in `overrun`. */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #isEscaped: boolean;
  #at: number;
  /** Bits of the current byte that are still to come. */
  #left = 0;
  #byte = 0;
  #zeros = 0;
  #overrun = false;

  /** Reads `bytes` from `start` on; nothing is copied. */
  constructor(bytes: Uint8Array, start = 0, form: "escaped" | "plain" = "escaped") {
    this.#bytes = bytes;
    this.#isEscaped = form === "escaped";
    this.#at = start;
  }

  /** Whether more was read than there is, or an Exp-Golomb code was longer than 32 bits. */
  get overrun(): boolean {
    return this.#overrun;
  }

  /** One bit. */
  bit(): 0 | 1 {
    if (this.#left === 0) this.#load();
    this.#left -= 1;
    return ((this.#byte >> this.#left) & 1) === 1 ? 1 : 0;
  }

  /** An unsigned number of up to 32 bits, u(n). */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i += 1) value = value * 2 + this.bit();
    return value;
  }

  /** An unsigned Exp-Golomb code, ue(v). */
  unsigned(): number {
    let zeros = 0;
    while (this.bit() === 0) {
      zeros += 1;
      if (zeros > 31 || this.#overrun) {
        this.#overrun = true;
        return 0;
      }
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** A signed Exp-Golomb code, se(v). */
  signed(): number {
    const code = this.unsigned();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }

  #load(): void {
    let byte = this.#bytes[this.#at];
    if (this.#isEscaped && this.#zeros >= 2 && byte === 3) {
      this.#zeros = 0;
      this.#at += 1;
      byte = this.#bytes[this.#at];
    }
    if (byte === undefined) this.#overrun = true;
    this.#at += 1;
    this.#byte = byte ?? 0;
    this.#zeros = byte === 0 ? this.#zeros + 1 : 0;
    this.#left = 8;
  }
}
