/** Listens for the capture keys. */
import { localNow } from "@livekit-replay/client";
import { useEffect, useEffectEvent } from "react";
import { useValue } from "../store/value.js";
import { captureKeyMap } from "./key-map.js";
import { lengthOfKey, type CaptureKeys } from "./keys.js";

/** Where keys are text, or belong to something that is open. */
const OTHERS =
  "input:not([type=range]), textarea, select, [contenteditable]:not([contenteditable=false]), [role=textbox], [role=searchbox], [role=combobox], [role=dialog], [role=alertdialog]:not([aria-modal=false]), [role=menu], [role=listbox]";

/** Somebody is writing, or a dialog has the keys. A toast is an alertdialog that does not have them. */
const isTaken = (event: KeyboardEvent): boolean => {
  if (event.defaultPrevented || event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return true;
  const [target] = event.composedPath();
  return target instanceof Element && target.closest(OTHERS) !== null;
};

/** The keys that work: an application's own, or those of the person, who may have switched them off (null). */
export const useKeys = (own: CaptureKeys | null | undefined): CaptureKeys | null => {
  const { on, keys } = useValue(captureKeyMap);
  return own === undefined ? (on ? keys : null) : own;
};

/**
 * Calls `onCapture` for the capture keys anywhere in the page, with the local time of the press. `own`: an application's keys; default: those that the
 * person chose (`captureKeyMap`), or the usual ones.
 */
export const useCaptureKeys = (
  onCapture: (length: number | "remembered", pressedAtMs: number) => void,
  enabled: boolean,
  own?: CaptureKeys,
): void => {
  const keys = useKeys(own);
  const press = useEffectEvent((event: KeyboardEvent) => {
    const length = keys === null || isTaken(event) ? undefined : lengthOfKey(event, keys);
    if (length === undefined) return;
    event.preventDefault();
    onCapture(length, event.timeStamp > 0 ? performance.timeOrigin + event.timeStamp : localNow());
  });
  useEffect(() => {
    if (!enabled) return undefined;
    const listener = (event: KeyboardEvent): void => press(event);
    globalThis.addEventListener("keydown", listener);
    return () => globalThis.removeEventListener("keydown", listener);
  }, [enabled]);
};
