/** What the machine is worth at this moment: work of the same kinds as a press, without a line of the page's own. */
import type { Page } from "@playwright/test";

/** Addresses of a clip. */
export interface Links {
  readonly download: string;
  readonly poster: string;
}

/**
 * How many ms this takes, one after the other: to read a clip's MP4 and paint its first frame in a bare video element, to go to the server and back four times,
 * and to paint something new eight times. Waits before until the MP4 is there.
 */
export const measureMachine = async (page: Page, { download, poster }: Links): Promise<number> =>
  page.evaluate(
    async ([movie, picture]) => {
      const read = async (address: string): Promise<Blob> => (await fetch(address, { cache: "reload" })).blob();
      const frame = (): Promise<unknown> => new Promise(requestAnimationFrame);
      // It is made in the background; the server answers when it is there.
      await read(movie);
      const begun = performance.now();
      const video = document.createElement("video");
      video.muted = true;
      video.style.cssText = "position:fixed;inset-block-end:0;inset-inline-end:0;inline-size:20vw;pointer-events:none";
      const painted = new Promise<void>((resolve, reject) => {
        video.requestVideoFrameCallback(() => resolve());
        video.addEventListener("error", () => reject(new Error(video.error?.message ?? "the MP4 cannot be shown")));
      });
      video.src = URL.createObjectURL(await read(movie));
      document.body.append(video);
      await painted;
      for (let trip = 0; trip < 4; trip += 1) await read(picture);
      for (let turn = 0; turn < 8; turn += 1) {
        video.style.opacity = String(1 - turn / 10);
        await frame();
      }
      const ms = performance.now() - begun;
      URL.revokeObjectURL(video.src);
      video.remove();
      return ms;
    },
    [download, poster] as const,
  );
