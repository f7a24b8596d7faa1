/** The editor's keys. They work wherever the focus is in it, but in its text field. */
import type { KeyboardEvent } from "react";
import type { TrimStore } from "./store.js";

const SECOND_MS = 1000;

/** Keys that mean something to what they are pressed on. */
const isTaken = (event: KeyboardEvent, target: Element): boolean => {
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  if (target.closest("input:not([type=range]):not([type=checkbox]), textarea, [contenteditable=true]") !== null) return true;
  return event.key === " " && target.closest("button, [type=checkbox], label, a") !== null;
};

/** What a key does anywhere in the editor. */
const anywhere = (store: TrimStore, key: string): (() => void) | undefined => {
  switch (key) {
    case ",":
      return () => store.step(-1);
    case ".":
      return () => store.step(1);
    case "<":
      return () => store.move(-SECOND_MS);
    case ">":
      return () => store.move(SECOND_MS);
    case "i":
      return () => store.setHere("start");
    case "o":
      return () => store.setHere("end");
    case " ":
    case "k":
      return () => store.toggle();
    default:
      return undefined;
  }
};

/** What a key does on a handle or on the playhead. `rtl`: time runs from right to left. */
const onThumb = (store: TrimStore, { key, shiftKey }: KeyboardEvent, rtl: boolean): (() => void) | undefined => {
  const by = (way: 1 | -1) => () => (shiftKey ? store.move(way * SECOND_MS) : store.step(way));
  switch (key) {
    case "ArrowLeft":
      return by(rtl ? 1 : -1);
    case "ArrowRight":
      return by(rtl ? -1 : 1);
    case "ArrowDown":
      return by(-1);
    case "ArrowUp":
      return by(1);
    case "PageDown":
      return () => store.move(-SECOND_MS);
    case "PageUp":
      return () => store.move(SECOND_MS);
    case "Home":
      return () => store.moveTo("first");
    case "End":
      return () => store.moveTo("last");
    default:
      return undefined;
  }
};

/** Answers the listener of an editor's frame, for the capture phase: nothing below it sees what is ours. */
export const keysOf =
  (store: TrimStore, rtl: boolean) =>
  (event: KeyboardEvent): void => {
    const { target, key } = event;
    if (!(target instanceof Element) || isTaken(event, target)) return;
    const own = target.closest(".replay-trim-thumb") === null ? undefined : onThumb(store, event, rtl);
    const action = own ?? anywhere(store, key.length === 1 ? key.toLowerCase() : key);
    if (action === undefined) return;
    action();
    event.preventDefault();
    event.stopPropagation();
  };
