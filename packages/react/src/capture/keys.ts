/** Keys that capture: one for the length of the press before, one for each length. Which they are can be changed. */
import { lengths, type CaptureAction } from "./lengths.js";

/** A key for each action: what the key types, in lower case (`c`, `1`); an empty text: none. */
export type CaptureKeys = Readonly<Record<CaptureAction, string>>;

/** `C`; `Q` and `H` for a quarter and half of a minute; `1`, `2`, `5` and `0` for minutes. */
export const defaultCaptureKeys: CaptureKeys = { last: "c", s15: "q", s30: "h", m1: "1", m2: "2", m5: "5", m10: "0" };

/** What a player does with these while it has the focus, and `?` for the list of keys: no keys for captures. */
const reservedKeys = ["k", "j", "l", "m", "f", ",", ".", "?", " "];

const actions: readonly CaptureAction[] = ["last", ...lengths.map((length) => length.action)];

/** Whether a key can capture: one character that can be seen, of no other use in the page. */
export const isCaptureKey = (key: string): boolean =>
  Array.from(key).length === 1 && /^[^\p{C}\p{Z}]$/u.test(key) && !reservedKeys.includes(key);

/** The other action that has this key. */
export const ownerOfKey = (keys: CaptureKeys, key: string, except: CaptureAction): CaptureAction | undefined =>
  actions.find((action) => action !== except && keys[action] === key);

/** Keys from outside (a stored text, an application's settings), or undefined when anything about them is wrong. */
export const readCaptureKeys = (value: unknown): CaptureKeys | undefined => {
  if (typeof value !== "object" || value === null) return undefined;
  const found = new Map(Object.entries(value));
  const given = actions.map((action): unknown => found.get(action));
  const keys = given.filter(
    (key): key is string => typeof key === "string" && (key === "" || (key === key.toLowerCase() && isCaptureKey(key))),
  );
  const used = keys.filter((key) => key !== "");
  if (keys.length !== actions.length || new Set(used).size !== used.length) return undefined;
  const [last = "", s15 = "", s30 = "", m1 = "", m2 = "", m5 = "", m10 = ""] = keys;
  return { last, s15, s30, m1, m2, m5, m10 };
};

/** What is looked at of a key press. */
export interface PressedKey {
  readonly key: string;
  /** The place of the key on the keyboard. */
  readonly code?: string;
  readonly shiftKey?: boolean;
}

/**
 * What a press types; and, where a layout types neither a Latin letter nor a digit there (Cyrillic, the digits of AZERTY), what stands on that place elsewhere.
 */
const namesOf = ({ key, code = "", shiftKey = false }: PressedKey): readonly string[] => {
  const typed = key.toLowerCase();
  const place = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(code)?.[1]?.toLowerCase();
  const named = Array.from(typed).length > 1;
  return place === undefined || shiftKey || named || /^[a-z0-9]$/.test(typed) ? [typed] : [typed, place];
};

/** What a key press asks for: a length in ms, or `remembered`. Undefined: the key is not ours. */
export const lengthOfKey = (pressed: PressedKey, keys: CaptureKeys = defaultCaptureKeys): number | "remembered" | undefined => {
  for (const name of namesOf(pressed)) {
    const action = actions.find((one) => keys[one] !== "" && keys[one] === name);
    if (action === "last") return "remembered";
    if (action !== undefined) return lengths.find((length) => length.action === action)?.ms;
  }
  return undefined;
};
