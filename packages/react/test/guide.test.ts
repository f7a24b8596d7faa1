/** Code in the guide and in the README is code that is compiled: each block stands in a file that is type checked and, of the example, run. */
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (path: string): Promise<string> => readFile(`${root}${path}`, "utf8");

const filesBelow = async (folder: string): Promise<string[]> =>
  (await readdir(`${root}${folder}`)).filter((name) => /\.(tsx?|css|html)$/.test(name)).map((name) => `${folder}/${name}`);

/** Lines without what changes when they are put elsewhere: indentation. */
const plain = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");

test("every block of code of the guide and of the README is taken from a file", async () => {
  const folders = await Promise.all(
    ["examples/livekit-react", "examples/livekit-react/src", "examples/livekit-react/server"].map(filesBelow),
  );
  const files = ["packages/react/test/sample.tsx", ...folders.flat()];
  const sources = (await Promise.all(files.map(read))).map(plain);
  for (const page of ["docs/guide/react.md", "packages/react/README.md"]) {
    const blocks = [...(await read(page)).matchAll(/^```(?:tsx?|css|html)\n([^]*?)^```/gm)].map((match) => plain(match[1] ?? ""));
    expect(blocks.length).toBeGreaterThan(0);
    expect(blocks.filter((block) => !sources.some((source) => source.includes(block)))).toEqual([]);
  }
});
