/** What an application can set: every custom property of the style sheets has its line in the guide, and no property is used that nobody sets. */
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const SOURCES = fileURLToPath(new URL("../src/", import.meta.url));
const GUIDE = fileURLToPath(new URL("../../../docs/guide/react.md", import.meta.url));

const filesOf = async (kind: RegExp): Promise<ReadonlyMap<string, string>> => {
  const names = (await readdir(SOURCES, { recursive: true })).filter((name) => kind.test(name) && !name.includes(".test."));
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(`${SOURCES}${name}`, "utf8")] as const)));
};
const found = (text: string, pattern: RegExp): Set<string> => new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ""));

const sheets = await filesOf(/\.css$/);
const styles = [...sheets.values()].join("\n").replaceAll(/\/\*[^]*?\*\//g, "");
const code = [...(await filesOf(/\.tsx?$/)).values()].join("\n");
const guide = await readFile(GUIDE, "utf8");

/** Those of the root: an application's to set. */
const settable = found(
  [...styles.matchAll(/:where\(:root\)\s*\{([^}]*)\}/g)].map((match) => match[1]).join("\n"),
  /(--replay-[\w-]+)\s*:/g,
);

describe("custom properties", () => {
  test("each that can be set is in the guide, with its meaning, and the guide knows no other", () => {
    expect(settable.size).toBeGreaterThan(10);
    expect([...found(guide, /^\| `(--replay-[\w-]+)` \| [^|]+ \| [^|]+ \|$/gm)].toSorted()).toEqual([...settable].toSorted());
  });

  test("each that can be set is used", () => {
    const used = found(styles, /var\((--replay-[\w-]+)/g);
    expect([...settable].filter((name) => !used.has(name))).toEqual([]);
  });

  test("each that is used is set: at the root, by a style sheet on an element, or by a component", () => {
    const set = new Set([...found(styles, /(--replay-[\w-]+)\s*:/g), ...found(code, /["'`[](--replay-[\w-]+)/g)]);
    expect([...found(styles, /var\((--replay-[\w-]+)/g)].filter((name) => !set.has(name))).toEqual([]);
  });
});

test("one import brings every style sheet", () => {
  const imported = found(sheets.get("styles.css") ?? "", /@import "\.\/([^"]+)";/g);
  expect([...imported, "styles.css"].toSorted()).toEqual([...sheets.keys()].toSorted());
});
