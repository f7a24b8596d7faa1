/** What a media element tells of itself. */

/** Who is told. */
export interface ElementEvents {
  readonly onChange: () => void;
  readonly onSeeking: () => void;
}

const changes = [
  "play",
  "pause",
  "playing",
  "waiting",
  "ended",
  "timeupdate",
  "seeked",
  "durationchange",
  "volumechange",
  "loadedmetadata",
  "canplay",
] as const;

/** Follows a media element until the answered function is called. */
export const watchElement = (video: HTMLVideoElement, events: ElementEvents): (() => void) => {
  for (const name of changes) video.addEventListener(name, events.onChange);
  video.addEventListener("seeking", events.onSeeking);
  return () => {
    for (const name of changes) video.removeEventListener(name, events.onChange);
    video.removeEventListener("seeking", events.onSeeking);
  };
};
