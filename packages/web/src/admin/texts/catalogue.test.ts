/** The administration's catalogue has its words as they stand in the code (`npm run texts --workspace packages/web` renews it). */
import { expect, test } from "vitest";
import catalogue from "../locales/en.po?raw";
import { audit } from "./audit.js";
import { findings, otherFinding } from "./store.js";
import { views } from "./views.js";

const unquoted = (lines: string): string =>
  [...lines.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => (match[1] ?? "").replaceAll('\\"', '"').replaceAll("\\\\", "\\")).join("");

const entries = Object.fromEntries(
  [...catalogue.matchAll(/^msgid ((?:"(?:[^"\\]|\\.)*"\n)+)msgstr ((?:"(?:[^"\\]|\\.)*"(?:\n|$))+)/gm)]
    .map((match) => [unquoted(match[1] ?? ""), unquoted(match[2] ?? "")] as const)
    .filter(([id]) => id !== ""),
);

test("every word is there, once, and nothing else", () => {
  const said = [...Object.values(views), ...Object.values(audit), ...Object.values(findings), otherFinding];
  expect(new Set(said.map(({ id }) => id)).size).toBe(said.length);
  expect(entries).toEqual(Object.fromEntries(said.map(({ id, message }) => [id, message])));
});
