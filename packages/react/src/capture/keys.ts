/** Keys that capture: `C` for the remembered length, digits for theirs. */
import { localNow } from "@livekit-replay/client";
import { useEffect, useEffectEvent } from "react";
import { lengths } from "./lengths.js";

/** What a key press asks for: a length, or `remembered`. Undefined: the key is not ours. */
export const lengthOfKey = (key: string): number | "remembered" | undefined => {
  if (key.toLowerCase() === "c") return "remembered";
  return lengths.find((length) => length.key === key)?.ms;
};

/** Somebody is writing, or a dialog has the keys. */
const isTaken = (event: KeyboardEvent): boolean => {
  if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return true;
  const target = event.target;
  if (!(target instanceof Element)) return false;
  return (
    target.closest(
      "input:not([type=range]), textarea, select, [contenteditable=true], [role=dialog], [role=alertdialog], [role=menu], [role=listbox]",
    ) !== null
  );
};

/** Calls `onCapture` for the capture keys anywhere in the page, with the local time of the press. */
export const useCaptureKeys = (onCapture: (length: number | "remembered", pressedAtMs: number) => void, enabled: boolean): void => {
  const press = useEffectEvent((event: KeyboardEvent) => {
    const length = isTaken(event) ? undefined : lengthOfKey(event.key);
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
