/** What is published: everything that `exports` promises and every style sheet, and nothing of the tests. */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../", import.meta.url));

test("the packed files", async () => {
  const { stdout } = await promisify(execFile)("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: folder,
    timeout: 30_000,
  });
  const [packed] = JSON.parse(stdout) as readonly { readonly files: readonly { readonly path: string }[] }[];
  const paths = packed?.files.map(({ path }) => path) ?? [];
  const { exports } = JSON.parse(await readFile(`${folder}package.json`, "utf8")) as {
    readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string }>>;
  };
  const promised = Object.values(exports).flatMap((one) => [one.types, one.default].map((path) => path.replace(/^\.\//, "")));
  const sheets = (await readdir(`${folder}src`, { recursive: true })).filter((name) => name.endsWith(".css")).map((name) => `src/${name}`);
  expect(paths).toEqual(expect.arrayContaining(["README.md", ...promised, ...sheets]));
  expect(paths.filter((path) => /test|tsbuildinfo/.test(path))).toEqual([]);
});
