/** The lint rules find what they are there for: a rule or a wall that stopped working fails here, not silently in `npm run check`. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FOLDER_WALLS, PACKAGE_WALLS, STYLE_RULES, TEST_RULES, type Sample } from "./sample.js";

const ROOT = join(import.meta.dirname, "..", "..");
const SAMPLES = [...PACKAGE_WALLS, ...FOLDER_WALLS, ...TEST_RULES, ...STYLE_RULES];

/** What the linter says about one file. */
interface Diagnostic {
  readonly filename: string;
  readonly code: string;
  readonly message: string;
}

let folder = "";
let found: readonly Diagnostic[] = [];

/** A small repository of samples with the real configuration, the real rules and the real packages. */
async function writeSamples(): Promise<void> {
  await cp(join(ROOT, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  await cp(join(ROOT, "tsconfig.base.json"), join(folder, "tsconfig.base.json"));
  await mkdir(join(folder, "scripts"));
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  await symlink(join(ROOT, "scripts", "lint"), join(folder, "scripts", "lint"));
  for (const { file, code } of SAMPLES) {
    await mkdir(join(folder, dirname(file)), { recursive: true });
    await writeFile(join(folder, file), code);
  }
  const compilerOptions = { composite: false, types: ["node"] };
  for (const name of await readdir(join(folder, "packages"))) {
    const config = { extends: "../../tsconfig.base.json", compilerOptions, include: ["."] };
    await writeFile(join(folder, "packages", name, "tsconfig.json"), JSON.stringify(config));
  }
}

/** Runs the linter as `npm run check` does. It exits with 1, since there is something to find. */
function lint(): Promise<readonly Diagnostic[]> {
  const program = join(ROOT, "node_modules", "oxlint", "bin", "oxlint");
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, "--format=json", "packages", "e2e"], { cwd: folder, maxBuffer: 1 << 26 }, (error, output) => {
      if (!output.startsWith("{")) reject(error ?? new Error(output));
      else resolve((JSON.parse(output) as { diagnostics: Diagnostic[] }).diagnostics);
    });
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "replay-lint-"));
  await writeSamples();
  found = await lint();
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** The rules that reported a sample, without repetition. */
function rulesFor({ file }: Sample): string[] {
  return [...new Set(found.filter(({ filename }) => filename === file).map(({ code }) => code))];
}

describe.each([
  ["walls between packages", PACKAGE_WALLS],
  ["walls between folders of the server", FOLDER_WALLS],
  ["rules for tests", TEST_RULES],
  ["rules of style", STYLE_RULES],
])("%s", (_, samples) => {
  it.each(samples)("$file: $rule", (sample) => {
    expect(rulesFor(sample)).toEqual(sample.rule === undefined ? [] : [sample.rule]);
  });
});
