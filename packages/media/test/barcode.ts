/** A test picture that says which frame it is: 16 bits of number and 4 of check in wide black and white blocks, and a lower half that flashes. */

export const WIDTH = 320;
/** Size of the picture at scale 1. */
export const HEIGHT = 180;
const BITS = 20;
const BLOCK = WIDTH / BITS;

const check = (number: number): number => (number ^ (number >> 4) ^ (number >> 8) ^ (number >> 12) ^ 0b1010) & 15;

/** One frame as planar YUV 4:2:0, `scale` times the size. */
export function drawFrame(number: number, flash: boolean, scale = 1): Uint8Array {
  const width = WIDTH * scale;
  const height = HEIGHT * scale;
  const frame = new Uint8Array((width * height * 3) / 2).fill(128);
  const code = number * 16 + check(number);
  const row = new Uint8Array(width);
  for (let x = 0; x < width; x += 1) row[x] = (code >> (BITS - 1 - Math.floor(x / (BLOCK * scale)))) & 1 ? 220 : 30;
  for (let y = 0; y < height / 2; y += 1) frame.set(row, y * width);
  frame.fill(flash ? 235 : 16, (width * height) / 2, width * height);
  return frame;
}

/** The number that the samples of the blocks say; -1 when the check is wrong. */
export function readBlocks(luma: readonly number[]): number {
  const code = luma.reduce((value, sample) => value * 2 + (sample > 125 ? 1 : 0), 0);
  const number = code >> 4;
  return luma.length === BITS && (code & 15) === check(number) ? number : -1;
}

/** What a gray picture of 320x180 says; number -1 when the check is wrong. */
export function readFrame(luma: Uint8Array): { readonly number: number; readonly flash: boolean } {
  const blocks = Array.from({ length: BITS }, (_, bit) => luma[(HEIGHT / 4) * WIDTH + bit * BLOCK + BLOCK / 2] ?? 0);
  return { number: readBlocks(blocks), flash: (luma[((HEIGHT * 3) / 4) * WIDTH + WIDTH / 2] ?? 0) > 125 };
}
