/** Node runs the commands' files as they are: what one of them imports must have the name that it has on disk (`./drag.ts`, where the compiler takes `./drag.js` as well). */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../setup/place.mjs";

const ENTRY = /(?:^|\s)((?:scripts|bench|e2e)\/\S+\.(?:mjs|ts))(?=\s|$)/g;
const IMPORT = /(?:from |import\()"(\.[^"]+)"/g;

const files = async (file: string, seen: Set<string>): Promise<string[]> => {
  if (seen.has(file)) return [];
  seen.add(file);
  if (!existsSync(file)) return [relative(ROOT, file)];
  // What is built is not there before it is built, and its own imports are the compiler's.
  const imported = [...(await readFile(file, "utf8")).matchAll(IMPORT)].map(([, name = ""]) => join(dirname(file), name));
  const missing = await Promise.all(imported.filter((path) => !path.includes("/dist/")).map((path) => files(path, seen)));
  return missing.flat();
};

it("every file that a command runs is there, and so is what it imports", async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };
  const entries = Object.values(scripts).flatMap((line) => [...line.matchAll(ENTRY)].map(([, path = ""]) => join(ROOT, path)));
  // Playwright reads its configuration and its tests by a loader of its own, which takes both names.
  const run = entries.filter((path) => !path.endsWith("playwright.config.ts"));
  expect(run.length).toBeGreaterThan(8);
  const seen = new Set<string>();
  expect((await Promise.all(run.map((path) => files(path, seen)))).flat()).toEqual([]);
  expect(seen.size).toBeGreaterThan(50);
});
