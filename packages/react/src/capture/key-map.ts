/** The person's own capture keys: remembered in this browser, looked at before they are believed. */
import { Value } from "../store/value.js";
import { defaultCaptureKeys, isCaptureKey, ownerOfKey, readCaptureKeys, type CaptureKeys } from "./keys.js";
import type { CaptureAction } from "./lengths.js";

/** Which keys, and whether they capture at all: somebody who dictates or types with a switch may want none. */
export interface KeyMap {
  readonly on: boolean;
  readonly keys: CaptureKeys;
}

const place = "replay.keys";
const usual: KeyMap = { on: true, keys: defaultCaptureKeys };

/** The keys of a stored text; the usual ones when it is not one of ours. */
export const readKeyMap = (text: string | null): KeyMap => {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    if (typeof value !== "object" || value === null) return usual;
    const { on, keys } = value as { readonly on?: unknown; readonly keys?: unknown };
    return { on: on !== false, keys: readCaptureKeys(keys) ?? defaultCaptureKeys };
  } catch {
    return usual;
  }
};

const stored = (): KeyMap => {
  try {
    return readKeyMap(localStorage.getItem(place));
  } catch {
    // A page without storage just does not remember.
    return usual;
  }
};

/** The keys that work at this moment. */
export const captureKeyMap = new Value(stored());

const set = (next: KeyMap): void => {
  captureKeyMap.set(next);
  try {
    localStorage.setItem(place, JSON.stringify(next));
  } catch {
    // As above.
  }
};

/** What became of a wish for a key. */
export type KeyChange = { readonly is: "changed" } | { readonly is: "reserved" } | { readonly is: "taken"; readonly by: CaptureAction };

/** Gives an action a key; an empty text takes it away. Nothing changes when the key is taken or cannot be used. */
export const changeCaptureKey = (action: CaptureAction, wanted: string): KeyChange => {
  const key = wanted.toLowerCase();
  const map = captureKeyMap.get();
  if (key !== "" && !isCaptureKey(key)) return { is: "reserved" };
  const by = key === "" ? undefined : ownerOfKey(map.keys, key, action);
  if (by !== undefined) return { is: "taken", by };
  set({ ...map, keys: { ...map.keys, [action]: key } });
  return { is: "changed" };
};

/** Lets keys capture, or not. */
export const switchCaptureKeys = (on: boolean): void => set({ ...captureKeyMap.get(), on });

/** The usual keys again. */
export const resetCaptureKeys = (): void => set(usual);
