/** Finds the clicks in decoded sound: where it gets loud after a stretch of quiet. */

/** Mono, 48 kHz. */
export const PCM_RATE = 48_000;

/** The click is at 0.8 of full scale; coding noise stays far below this. */
const LOUD = 0.15 * 32_768;
/** So much quiet must come before a click, so that one click counts once. */
const QUIET_SAMPLES = 0.05 * PCM_RATE;

/** Takes 16-bit PCM as it is decoded and notes the sample number of every click's onset. */
export class ClickFinder {
  readonly #onsets: number[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #samples = 0;
  #quiet = 0;

  /** Chunks may be cut anywhere, in the middle of a sample too. */
  push(chunk: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const whole = bytes.length - (bytes.length % 2);
    for (let offset = 0; offset < whole; offset += 2) {
      if (Math.abs(bytes.readInt16LE(offset)) < LOUD) {
        this.#quiet += 1;
      } else {
        if (this.#quiet >= QUIET_SAMPLES) this.#onsets.push(this.#samples);
        this.#quiet = 0;
      }
      this.#samples += 1;
    }
    this.#rest = bytes.subarray(whole);
  }

  /** Sample numbers, counted from the first sample decoded. */
  get onsets(): readonly number[] {
    return this.#onsets;
  }
}
