/**
 * Puts a picture right that was painted before its place was loaded. Browsers take a place shortly before loaded media for loaded (w3c/media-source,
 * issue 205: Chromium up to two pictures, which are seconds of a screen that stands still; Firefox half a second), paint the first picture of that
 * media, and leave it on the screen when the place itself is loaded.
 */
import type Hls from "hls.js";

/** Times are rounded on their way. */
const PAUSED_S = 0.002;
/** While it plays, a picture is told of a moment before its time. */
const PLAYING_S = 0.1;
/** A picture of before the seek may be told of after it. */
const MOST_TRIES = 2;

const isLoaded = ({ buffered, currentTime }: HTMLVideoElement): boolean =>
  Array.from({ length: buffered.length }, (_, index) => index).some(
    (index) => buffered.start(index) <= currentTime && currentTime < buffered.end(index),
  );

/** Watches the pictures of a media element as long as its player lives: one that is later than its place is asked for anew once the place is loaded. */
export const repaintLate = (Player: typeof Hls, hls: Hls, video: HTMLVideoElement): void => {
  if (!("requestVideoFrameCallback" in video)) return;
  let [paintedS, request, triesLeft, isOwn] = [Number.NaN, 0, MOST_TRIES, false];
  const isLate = (): boolean => paintedS - video.currentTime > (video.paused ? PAUSED_S : PLAYING_S);
  const look = (): void => {
    if (video.seeking || triesLeft === 0 || !isLate() || !isLoaded(video)) return;
    triesLeft -= 1;
    isOwn = true;
    const { currentTime } = video;
    video.currentTime = currentTime;
  };
  const follow = (): void => {
    video.cancelVideoFrameCallback(request);
    request = video.requestVideoFrameCallback((_, { mediaTime }) => {
      paintedS = mediaTime;
      // While it rests, a picture comes with a seek only; while it plays, the first one of a seek tells enough.
      if (video.paused || video.seeking || isLate()) follow();
      look();
    });
  };
  const onSeeking = (): void => {
    if (!isOwn) triesLeft = MOST_TRIES;
    isOwn = false;
    paintedS = Number.NaN;
    follow();
  };
  video.addEventListener("seeking", onSeeking);
  video.addEventListener("seeked", look);
  hls.on(Player.Events.FRAG_BUFFERED, look);
  hls.on(Player.Events.DESTROYING, () => {
    video.cancelVideoFrameCallback(request);
    video.removeEventListener("seeking", onSeeking);
    video.removeEventListener("seeked", look);
  });
};
