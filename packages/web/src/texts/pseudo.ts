/**
 * A made-up language, made of the English words, to try the page in before anybody translates it: `long` has longer words with marks above and below
 * them, `rtl` has them run from right to left. Loaded only when it is asked for (`?pseudo=…`).
 */
import type { Messages } from "@lingui/core";

/** Which made-up language. */
export type Pseudo = "long" | "rtl";

/** Codes that CLDR keeps for this: nobody's language, but one with a direction. */
export const pseudoLocales: Readonly<Record<Pseudo, string>> = { long: "en-XA", rtl: "ar-XB" };

const marked: Readonly<Record<string, string>> = {
  a: "åå",
  e: "éé",
  i: "îî",
  o: "øø",
  u: "üü",
  y: "ýý",
  A: "ÅÅ",
  E: "ÉÉ",
  I: "ÎÎ",
  O: "ØØ",
  U: "ÛÛ",
};

/** About half as long again, as German, Finnish or Russian may be. */
const longer = (text: string): string => text.replace(/[aeiouyAEIOU]/g, (vowel) => marked[vowel] ?? vowel);

/** Right-to-left override, and its end: what lies between them is set from right to left, whatever its letters are. */
const RTL = "\u202E";
const END = "\u202C";

const turned = (text: string): string => longer(text).replace(/[^\s\d.,:;!?…]+/g, (word) => `${RTL}${word}${END}`);

const alters: Readonly<Record<Pseudo, (text: string) => string>> = { long: longer, rtl: turned };

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** Text of a compiled message, wherever it stands; names of values and kinds of choices stay. */
const altered = (part: unknown, alter: (text: string) => string): unknown => {
  if (typeof part === "string") return alter(part);
  if (!isList(part)) return part;
  return part.map((token) => {
    if (!isList(token)) return altered(token, alter);
    const [name, kind, choices] = token;
    if (typeof choices !== "object" || choices === null) return token;
    return [name, kind, Object.fromEntries(Object.entries(choices).map(([key, choice]) => [key, altered(choice, alter)]))];
  });
};

/** The catalogue in the made-up language. */
export const pseudoMessages = (messages: Messages, pseudo: Pseudo): Messages =>
  Object.fromEntries(Object.entries(messages).map(([id, message]) => [id, altered(message, alters[pseudo]) as Messages[string]]));
