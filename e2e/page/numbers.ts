/** A share whose every picture carries a number, and the number in the picture that a page shows. */
import { expect, type Locator } from "@playwright/test";
import { Api, BARCODE_BLOCKS, loadFilm, readBarcode, SMALL_FILM, WhipPublisher, type ServerProcess } from "@livekit-replay/peers";

/** The film begins anew after so many pictures, and its numbers with it. */
export const NUMBERS = SMALL_FILM.seconds * SMALL_FILM.frameRate;

/** Alice shares a film of numbered pictures, without a browser. Answers how to end it. */
export const shareNumbers = async (server: ServerProcess, roomName: string): Promise<() => Promise<void>> => {
  const { token, whipUrl } = await Api.signIn(server.url, "alice").then((api) => ({ token: api.token, whipUrl: api.whipUrl(roomName) }));
  const publisher = await WhipPublisher.publish({ url: whipUrl, token, film: await loadFilm(SMALL_FILM) });
  return async () => {
    await publisher.close();
  };
};

/** The number in the picture of the first such media element at this moment; undefined where there is none to read. */
export const numberIn = async (video: Locator): Promise<number | undefined> => {
  const levels = await video.evaluateAll(([element], blocks) => {
    if (!(element instanceof HTMLVideoElement) || element.videoWidth === 0) return [];
    const canvas = document.createElement("canvas");
    canvas.width = element.videoWidth;
    canvas.height = 1;
    const context = canvas.getContext("2d");
    // A row inside the strip, well away from its lower edge.
    context?.drawImage(element, 0, Math.floor(element.videoHeight * 0.04), element.videoWidth, 1, 0, 0, canvas.width, 1);
    const data = context?.getImageData(0, 0, canvas.width, 1).data ?? new Uint8ClampedArray();
    return Array.from({ length: blocks }, (_, block) => data[Math.floor(((block + 0.5) * canvas.width) / blocks) * 4] ?? 0);
  }, BARCODE_BLOCKS);
  return readBarcode(levels)?.number;
};

/** The same, of a picture that must have one. */
export const readNumber = async (video: Locator): Promise<number> => {
  const number = await numberIn(video);
  expect(number).toBeDefined();
  return number ?? Number.NaN;
};
