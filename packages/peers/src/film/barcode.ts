/**
 * The barcode of a test picture: the frame's number as wide black and white blocks along the top edge, in luma, so that it survives encoding.
 * Blocks from the left: white, black (the measure for the rest), 16 bits of number (most significant first), 4 bits of check, the flash, black twice.
 */

/** Blocks across the picture's whole width. */
export const BARCODE_BLOCKS = 24;
/** The strip's height as a part of the picture's height. */
export const BARCODE_HEIGHT = 0.1;
/** Frame numbers count modulo this. */
export const BARCODE_NUMBERS = 65_536;

const FLASH_BLOCK = 22;
/** White and black must differ by this much (of 255) for a strip to count as one. */
const MIN_CONTRAST = 60;

/** What a strip says. */
export interface BarcodeReading {
  readonly number: number;
  /** The flash of a second's first frames. */
  readonly flash: boolean;
}

/** Not zero for number 0, so that a black picture is no barcode. */
const checkOf = (number: number): number => (number ^ (number >> 4) ^ (number >> 8) ^ (number >> 12) ^ 0b1010) & 0b1111;

/** The strip as one row of `BARCODE_BLOCKS` luma values, 0 or 255. */
export function drawBarcode(number: number, flash: boolean): Uint8Array {
  if (!Number.isInteger(number) || number < 0 || number >= BARCODE_NUMBERS)
    throw new TypeError(`number: must be an integer below ${BARCODE_NUMBERS}`);
  const row = new Uint8Array(BARCODE_BLOCKS);
  const set = (block: number, on: boolean): void => {
    row[block] = on ? 255 : 0;
  };
  set(0, true);
  for (let bit = 0; bit < 16; bit += 1) set(2 + bit, ((number >> (15 - bit)) & 1) === 1);
  const check = checkOf(number);
  for (let bit = 0; bit < 4; bit += 1) set(18 + bit, ((check >> (3 - bit)) & 1) === 1);
  set(FLASH_BLOCK, flash);
  return row;
}

/** Reads a strip from the luma of its blocks, as decoded; null when it is none (no contrast, wrong check). */
export function readBarcode(levels: ArrayLike<number>): BarcodeReading | null {
  const white = levels[0] ?? 0;
  const black = levels[1] ?? 0;
  if (white - black < MIN_CONTRAST) return null;
  const middle = (white + black) / 2;
  const bit = (block: number): number => ((levels[block] ?? 0) > middle ? 1 : 0);
  let number = 0;
  for (let index = 0; index < 16; index += 1) number = number * 2 + bit(2 + index);
  let check = 0;
  for (let index = 0; index < 4; index += 1) check = check * 2 + bit(18 + index);
  if (check !== checkOf(number) || bit(23) !== 0) return null;
  return { number, flash: bit(FLASH_BLOCK) === 1 };
}
