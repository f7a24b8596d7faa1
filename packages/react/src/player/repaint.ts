/**
 * Puts the picture right where a browser leaves a wrong one after a seek.
 * - Before its place is loaded: browsers take a place shortly before loaded media for loaded (w3c/media-source, issue 205: Chromium up to two pictures,
 *   which are seconds of a screen that stands still; Firefox half a second), paint the first picture of that media, and leave it on the screen when
 *   the place itself is loaded.
 * - At the very end of a media source, and where only sound is left there, Chromium paints nothing: the picture of before the seek stays.
 */
import type Hls from "hls.js";

/** Times are rounded on their way. */
const PAUSED_S = 0.002;
/** While it plays, a picture is told of a moment before its time. */
const PLAYING_S = 0.1;
/** A picture of before the seek may be told of after it. */
const MOST_TRIES = 2;

/** So long after a seek its picture was told of, or none is painted. */
const PATIENCE_MS = 250;
/** So near to the end that may be; and how far before the place that was asked for a picture is looked for then. */
const END_S = 0.6;
const BEFORE_S = [0.02, 0.05, 0.1, 0.25, 0.5];

const isLoaded = ({ buffered, currentTime }: HTMLVideoElement): boolean =>
  Array.from({ length: buffered.length }, (_, index) => index).some(
    (index) => buffered.start(index) <= currentTime && currentTime < buffered.end(index),
  );

/** Watches the pictures of a media element as long as its player lives. */
export const repaintWrong = (Player: typeof Hls, hls: Hls, video: HTMLVideoElement): void => {
  if (!("requestVideoFrameCallback" in video)) return;
  let [paintedS, request, triesLeft, isOwn] = [Number.NaN, 0, MOST_TRIES, false];
  let [soughtS, backs] = [0, 0];
  let patience: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const isLate = (): boolean => paintedS - video.currentTime > (video.paused ? PAUSED_S : PLAYING_S);
  const look = (): void => {
    if (video.seeking || triesLeft === 0 || !isLate() || !isLoaded(video)) return;
    triesLeft -= 1;
    isOwn = true;
    const { currentTime } = video;
    video.currentTime = currentTime;
  };
  const goBack = (): void => {
    const backS = BEFORE_S[backs];
    const isUntold = Number.isNaN(paintedS) && !video.seeking && video.paused && !isOver;
    if (!isUntold || backS === undefined || !(video.duration - video.currentTime < END_S)) return;
    backs += 1;
    isOwn = true;
    video.currentTime = Math.max(0, soughtS - backS);
  };
  const onSeeked = (): void => {
    look();
    clearTimeout(patience);
    // A page that is busy tells late: it is painted twice before.
    patience = setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(goBack)), PATIENCE_MS);
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
    if (!isOwn) [triesLeft, soughtS, backs] = [MOST_TRIES, video.currentTime, 0];
    isOwn = false;
    paintedS = Number.NaN;
    follow();
  };
  video.addEventListener("seeking", onSeeking);
  video.addEventListener("seeked", onSeeked);
  hls.on(Player.Events.FRAG_BUFFERED, look);
  hls.on(Player.Events.DESTROYING, () => {
    video.cancelVideoFrameCallback(request);
    video.removeEventListener("seeking", onSeeking);
    video.removeEventListener("seeked", onSeeked);
    clearTimeout(patience);
    isOver = true;
  });
};
