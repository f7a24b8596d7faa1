/** What the machine is worth at this moment: the same clip, shown by the browser alone. */
import type { Page } from "@playwright/test";

/**
 * How many ms it takes from asking for a clip's MP4 until a bare video element has painted its first frame: a round trip, reading, decoding and painting, as after a
 * press, without a line of the page's own. Waits before until the MP4 is there.
 */
export const showPlainly = async (page: Page, url: string): Promise<number> =>
  page.evaluate(async (address) => {
    // It is made in the background; the server answers when it is there.
    await (await fetch(address, { cache: "reload" })).arrayBuffer();
    const video = document.createElement("video");
    video.muted = true;
    video.style.cssText = "position:fixed;inset-block-end:0;inset-inline-end:0;inline-size:20vw;pointer-events:none";
    const painted = new Promise<void>((resolve, reject) => {
      video.requestVideoFrameCallback(() => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
      video.addEventListener("error", () => reject(new Error(video.error?.message ?? "the MP4 cannot be shown")));
    });
    const begun = performance.now();
    const bytes = await (await fetch(address, { cache: "reload" })).blob();
    video.src = URL.createObjectURL(bytes);
    document.body.append(video);
    await painted;
    const ms = performance.now() - begun;
    URL.revokeObjectURL(video.src);
    video.remove();
    return ms;
  }, url);
