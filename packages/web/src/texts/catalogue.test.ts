/** The catalogue has the texts of the page and of the components (`npm run texts --workspace packages/web` renews it). */
import { expect, test } from "vitest";
import catalogue from "../locales/en.po?raw";
import { words } from "./english.js";
import { keyWords } from "./keys.js";

const unquoted = (lines: string): string =>
  [...lines.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => (match[1] ?? "").replaceAll('\\"', '"').replaceAll("\\\\", "\\")).join("");

const entries = new Map(
  [...catalogue.matchAll(/^msgid ((?:"(?:[^"\\]|\\.)*"\n)+)msgstr ((?:"(?:[^"\\]|\\.)*"(?:\n|$))+)/gm)].map((match) => [
    unquoted(match[1] ?? ""),
    unquoted(match[2] ?? ""),
  ]),
);
entries.delete("");

test("the page's words are all there, as they stand in the code", () => {
  const said = [...Object.values(words), ...Object.values(keyWords)].map(({ id, message }) => [id, message] as const);
  expect(new Set(said.map(([id]) => id)).size).toBe(said.length);
  expect(Object.fromEntries([...entries].filter(([id]) => id.startsWith("page.")))).toEqual(Object.fromEntries(said));
});

test("the components' words are there too, and nothing else", () => {
  const others = [...entries].filter(([id]) => !id.startsWith("page."));
  expect(others.length).toBeGreaterThan(50);
  for (const [id, message] of others) {
    expect(id).toMatch(/^replay\./);
    expect(message).not.toBe("");
  }
});
