/** What a page asks of a shared tab. Runs inside the page, before its own scripts. */

/** Tab capture at 720p30: what two cores can encode beside the rest of the test. */
export const askForLess = (): void => {
  const { mediaDevices } = navigator;
  const ask = mediaDevices.getDisplayMedia.bind(mediaDevices);
  mediaDevices.getDisplayMedia = (options = {}) =>
    ask({ ...options, video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } } });
};
