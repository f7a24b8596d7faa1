/** The catalogue has every text of the page and of the components, as it stands in the code (`npm run texts` renews it). */
import { texts } from "@livekit-replay/react/texts";
import { expect, test } from "vitest";
import catalogue from "../locales/en.po?raw";
import { words } from "./english.js";

const unquoted = (lines: string): string =>
  [...lines.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => (match[1] ?? "").replaceAll('\\"', '"').replaceAll("\\\\", "\\")).join("");

const entries = new Map(
  [...catalogue.matchAll(/^msgid ((?:"(?:[^"\\]|\\.)*"\n)+)msgstr ((?:"(?:[^"\\]|\\.)*"(?:\n|$))+)/gm)].map((match) => [
    unquoted(match[1] ?? ""),
    unquoted(match[2] ?? ""),
  ]),
);
entries.delete("");

test("nothing is missing, nothing is left over, nothing differs", () => {
  const said = [...Object.values(words), ...Object.values(texts)].map(({ id, message }) => [id, message] as const);
  expect(new Set(said.map(([id]) => id)).size).toBe(said.length);
  expect(Object.fromEntries(entries)).toEqual(Object.fromEntries(said));
});
