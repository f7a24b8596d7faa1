/**
 * What the captured tab shows and plays while it is tested: a barcode that counts quarters of a second along its top edge, and a click each second.
 * Runs inside the page; drawn over it, so that the page itself is what is captured.
 */
import type { Page } from "@playwright/test";
import { BARCODE_BLOCKS, drawBarcode } from "@livekit-replay/peers";

/** How many numbers the picture counts in a second. */
const NUMBERS_PER_SECOND = 4;

declare global {
  interface Window {
    /** The number that is on the screen. */
    testPictureNumber?: number;
  }
}

/** Rows of luma for the numbers that a test can reach. */
const rows = (count: number): number[][] => Array.from({ length: count }, (_, number) => [...drawBarcode(number, false)]);

/** Begins the picture and the sound. They go on until the page is left. */
export const beginTestPicture = async (page: Page): Promise<void> => {
  await page.evaluate(
    ({ strips, blocks, perSecond }) => {
      const canvas = document.createElement("canvas");
      canvas.width = blocks;
      canvas.height = 1;
      canvas.setAttribute("aria-hidden", "true");
      canvas.style.cssText =
        "position:fixed;inset:0 0 auto 0;width:100vw;height:10vh;z-index:99;image-rendering:pixelated;pointer-events:none";
      document.body.append(canvas);
      const context = canvas.getContext("2d");
      const begunMs = performance.now();
      const draw = (): void => {
        const number = Math.floor(((performance.now() - begunMs) * perSecond) / 1000) % strips.length;
        if (number !== window.testPictureNumber) {
          for (const [block, level] of (strips[number] ?? []).entries()) {
            if (context === null) return;
            context.fillStyle = level > 0 ? "#fff" : "#000";
            context.fillRect(block, 0, 1, 1);
          }
          window.testPictureNumber = number;
        }
        requestAnimationFrame(draw);
      };
      draw();
      const audio = new AudioContext();
      const click = (atS: number): void => {
        const tone = audio.createOscillator();
        const gain = audio.createGain();
        tone.frequency.value = 1000;
        gain.gain.value = 0.5;
        tone.connect(gain).connect(audio.destination);
        tone.start(atS);
        tone.stop(atS + 0.02);
      };
      for (let second = 1; second < 600; second += 1) click(audio.currentTime + second);
    },
    { strips: rows(2400), blocks: BARCODE_BLOCKS, perSecond: NUMBERS_PER_SECOND },
  );
};
