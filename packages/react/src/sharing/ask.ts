/** Asks the browser for a screen, and tells a person who thought better of it from a browser that refuses by itself. */

/** `anything`: the browser asks what to share. `this-tab`: the page itself, first in the browser's question. */
export type Surface = "anything" | "this-tab";

/** Nobody reads and closes a question in less. */
const AT_ONCE_MS = 100;

/** 1080p60 with the tab's sound as it is: no processing made for voices. */
const optionsFor = (
  surface: Surface,
): DisplayMediaStreamOptions & {
  preferCurrentTab?: boolean;
  selfBrowserSurface?: string;
  systemAudio?: string;
  surfaceSwitching?: string;
} => ({
  video: { width: { ideal: 1920 }, height: { ideal: 1080 }, frameRate: { ideal: 60 } },
  audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  selfBrowserSurface: "include",
  systemAudio: "include",
  surfaceSwitching: "include",
  ...(surface === "this-tab" ? { preferCurrentTab: true } : {}),
});

/**
 * Whether an error of `getDisplayMedia` that came after `tookMs` means that the person closed the question. Browsers have the same `NotAllowedError` for that, for
 * a system that does not let them record, for a frame without `display-capture` and for a question that they never ask
 * (w3c/mediacapture-screen-share, issues 281 and 321). Chromium says "by system" of the first; the others come at once.
 */
export const isCancelled = (error: unknown, tookMs: number): boolean =>
  error instanceof DOMException && error.name === "NotAllowedError" && tookMs >= AT_ONCE_MS && !/by system/i.test(error.message);

/**
 * Must be called from a press. Null when the person closed the question: there is nothing to say.
 * @throws DOMException of `getDisplayMedia` (Screen Capture, 5.1) for whatever else went wrong
 */
export async function askForScreen(surface: Surface): Promise<MediaStream | null> {
  const askedAt = performance.now();
  try {
    return await navigator.mediaDevices.getDisplayMedia(optionsFor(surface));
  } catch (error) {
    if (isCancelled(error, performance.now() - askedAt)) return null;
    throw error;
  }
}
