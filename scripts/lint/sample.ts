/** Sample files for the test of the rules: each with the one rule that must find it, or none that may. */

/** A file as somebody might write it. */
export interface Sample {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly code: string;
  /** The rule that must report it, in the linter's own words; undefined when the file is right. */
  readonly rule?: string;
}

const imports = (specifier: string) => `/** Sample. */\nimport "${specifier}";\n`;

/** An import in a source file that must not be there. */
const wall = (file: string, specifier: string): Sample => ({ file, code: imports(specifier), rule: "replay(walls)" });

/** An import that is right, close to one that is not. */
const open = (file: string, specifier: string): Sample => ({ file, code: imports(specifier) });

/** A test whose body is given. */
const test = (file: string, body: string, rule?: string): Sample => ({
  file,
  code: `/** Sample. */\nimport { expect, it, vi } from "vitest";\n\nit("holds", async () => {\n${body}\n  expect(vi).toBeDefined();\n});\n`,
  ...(rule !== undefined && { rule }),
});

/** Source code with a comment at its top. */
const source = (file: string, code: string, rule?: string): Sample => ({
  file,
  code: `/** Sample. */\n${code}\n`,
  ...(rule !== undefined && { rule }),
});

const lines = (count: number) => Array.from({ length: count }, (_, line) => `  sum += ${line};`).join("\n");
const long = (count: number) => `let sum = 0;\nfunction add() {\n${lines(count)}\n}\nadd();`;

/** Walls between packages. */
export const PACKAGE_WALLS: readonly Sample[] = [
  wall("packages/contract/src/a1.ts", "@livekit-replay/media"),
  wall("packages/contract/src/a2.ts", "node:crypto"),
  open("packages/contract/src/a3.ts", "zod"),
  wall("packages/media/src/a1.ts", "@livekit-replay/client"),
  wall("packages/media/src/a2.ts", "node:fs"),
  wall("packages/media/src/a3.ts", "node:buffer"),
  wall("packages/media/src/a4.ts", "@nestjs/common"),
  wall("packages/media/src/a5.ts", "livekit-server-sdk"),
  wall("packages/media/src/a6.ts", "../../contract/src/time.js"),
  wall("packages/media/src/a7.ts", "@livekit-replay/contract/src/time.js"),
  open("packages/media/src/a8.ts", "@livekit-replay/contract"),
  open("packages/media/src/a9.ts", "mediabunny"),
  wall("packages/server/src/a1.ts", "@livekit-replay/client"),
  wall("packages/server/src/a2.ts", "@livekit-replay/peers"),
  wall("packages/server/src/a3.ts", "@livekit-replay/media/testing"),
  wall("packages/server/src/a4.ts", "mediabunny"),
  open("packages/server/src/a5.ts", "@livekit-replay/media"),
  open("packages/server/test/a6.ts", "@livekit-replay/peers"),
  open("packages/server/test/a7.ts", "@livekit-replay/media/testing"),
  wall("packages/client/src/a1.ts", "@livekit-replay/media"),
  wall("packages/client/src/a2.ts", "node:http"),
  open("packages/client/src/a3.ts", "@livekit-replay/contract"),
  wall("packages/react/src/a1.ts", "@livekit-replay/media"),
  wall("packages/react/src/a2.ts", "@livekit-replay/web"),
  open("packages/react/src/a3.ts", "@livekit-replay/client"),
  wall("packages/web/src/a1.ts", "@livekit-replay/server"),
  open("packages/web/src/a2.ts", "@livekit-replay/react"),
  open("packages/web/src/a3.ts", "@livekit-replay/react/styles.css"),
  wall("packages/web/src/a4.ts", "@livekit-replay/react/player/store.js"),
  wall("packages/peers/src/a1.ts", "@livekit-replay/server"),
  open("packages/peers/src/a2.ts", "@livekit-replay/media"),
];

/** Walls between the folders of the server. */
export const FOLDER_WALLS: readonly Sample[] = [
  wall("packages/server/src/clips/b1.ts", "node:fs/promises"),
  wall("packages/server/src/recorders/b1.ts", "node:fs"),
  open("packages/server/src/store/b1.ts", "node:fs/promises"),
  open("packages/server/src/config/b1.ts", "node:fs/promises"),
  open("packages/server/src/clips/b2.test.ts", "node:fs/promises"),
  wall("packages/server/src/sessions/b1.ts", "node:sqlite"),
  wall("packages/server/src/catalog/b1.ts", "node:sqlite"),
  wall("packages/server/src/catalog/sqlite/b2.ts", "node:sqlite"),
  open("packages/server/src/catalog/sqlite/open.ts", "node:sqlite"),
  wall("packages/server/src/quotas/b1.ts", "kysely"),
  open("packages/server/src/catalog/b2.ts", "kysely"),
  wall("packages/server/src/quotas/b2.ts", "mongodb"),
  wall("packages/server/src/catalog/sqlite/b3.ts", "mongodb"),
  open("packages/server/src/catalog/mongodb/b1.ts", "mongodb"),
  wall("packages/server/src/sessions/b2.ts", "node-datachannel"),
  open("packages/server/src/recorders/whip/b1.ts", "node-datachannel"),
  wall("packages/server/src/store/b2.ts", "../clips/b9.js"),
  wall("packages/server/src/store/b3.ts", "../recorders/whip/b9.js"),
  wall("packages/server/src/platform/b1.ts", "../sessions/b9.js"),
  wall("packages/server/src/recorders/b2.ts", "../playback/b9.js"),
  wall("packages/server/src/playback/b1.ts", "../recorders/b9.js"),
  open("packages/server/src/playback/b2.ts", "../store/b9.js"),
  source(
    "packages/server/src/clips/b3.ts",
    'import { NotFoundException } from "@nestjs/common";\nthrow new NotFoundException();',
    "replay(domain-errors)",
  ),
  source(
    "packages/server/src/clips/b4.controller.ts",
    'import { NotFoundException } from "@nestjs/common";\nthrow new NotFoundException();',
  ),
  source("packages/server/src/clips/b5.ts", "if (process.env.HOME) throw new Error();", "node(no-process-env)"),
  source("packages/server/src/config/b2.ts", "if (process.env.HOME) throw new Error();"),
];

/** Rules for tests. */
export const TEST_RULES: readonly Sample[] = [
  test("packages/media/src/c1.test.ts", '  vi.doMock("./c9.js");', "replay(no-module-mocks)"),
  test("packages/media/src/c2.test.ts", "  await new Promise((resolve) => setTimeout(resolve, 5));", "replay(no-sleep)"),
  test("packages/media/test/c3.test.ts", "  await new Promise<void>((done) => { setTimeout(() => done(), 5); });", "replay(no-sleep)"),
  test(
    "packages/media/test/c4.test.ts",
    "  await new Promise((resolve, reject) => { expect(resolve).toBeDefined(); setTimeout(() => reject(new Error()), 5); });",
  ),
  { file: "packages/media/test/c5.ts", code: imports("node:timers/promises"), rule: "replay(no-sleep)" },
  test("e2e/c6.spec.ts", "  const page = { waitForTimeout: async () => {} };\n  await page.waitForTimeout();", "replay(no-sleep)"),
  source("packages/media/src/c7.test.ts", 'import { it } from "vitest";\nit("cannot fail", () => {});', "vitest(expect-expect)"),
  source(
    "packages/media/src/c8.test.ts",
    'import { expect, it } from "vitest";\nit.skip("waits", () => { expect(1).toBe(1); });',
    "vitest(no-disabled-tests)",
  ),
  source(
    "packages/media/src/c9.test.ts",
    'import { expect, it } from "vitest";\nit.only("alone", () => { expect(1).toBe(1); });',
    "vitest(no-focused-tests)",
  ),
  test("packages/media/src/c10.test.ts", `  let sum = 0;\n${lines(60)}\n  expect(sum).toBe(0);`, "replay(case-length)"),
  source("packages/media/src/c11.test.ts", `import { describe } from "vitest";\nlet sum = 0;\ndescribe("many", () => {\n${lines(80)}\n});`),
  source(
    "packages/media/test/c12.ts",
    `import { describe } from "vitest";\nlet sum = 0;\n/** A. */\nexport function suite() {\n  describe("many", () => {\n${lines(80)}\n  });\n}`,
  ),
];

/** Rules of style that hold everywhere. */
export const STYLE_RULES: readonly Sample[] = [
  source("packages/media/src/d1.ts", `let sum = 0;\n${lines(400)}\nif (sum > 1) throw new Error();`, "eslint(max-lines)"),
  source("packages/media/src/d2.ts", long(60), "eslint(max-lines-per-function)"),
  source("packages/media/src/d3.ts", long(50)),
  source("packages/media/src/d4.ts", "/** A. */\nexport const a: any = 1;", "typescript(no-explicit-any)"),
  source("packages/media/src/d5.ts", '/** A. */\nexport const a = "x".at(0)!;', "typescript(no-non-null-assertion)"),
  source("packages/media/src/d6.ts", "async function go(): Promise<void> {}\ngo();", "typescript(no-floating-promises)"),
  source(
    "packages/media/src/d7.ts",
    'declare const kind: "video" | "audio";\nswitch (kind) {\n  case "video":\n    break;\n}',
    "typescript(switch-exhaustiveness-check)",
  ),
  source("packages/media/src/d8.ts", "const b = 1;\nexport const a = b;", "replay(documented)"),
  { file: "packages/media/src/d9.ts", code: "/** A. */\nexport const a = 1;\n" },
  { file: "packages/media/src/d10.ts", code: "const a = 1;\nif (a > 2) throw new Error();\n", rule: "replay(file-comment)" },
  source("packages/media/src/utils.ts", "if (1 > Number(2)) throw new Error();", "replay(file-name)"),
  source("packages/media/src/common/d11.ts", "if (1 > Number(2)) throw new Error();", "replay(file-name)"),
  source("packages/media/src/d12.ts", 'import { b } from "./d13.js";\n/** A. */\nexport const a = () => b;', "import(no-cycle)"),
  source("packages/media/src/d13.ts", 'import { a } from "./d12.js";\n/** B. */\nexport const b = () => a;', "import(no-cycle)"),
  source("packages/media/src/d14.ts", 'import type { B } from "./d15.js";\n/** A. */\nexport interface A { b?: B }'),
  source("packages/media/src/d15.ts", 'import type { A } from "./d14.js";\n/** B. */\nexport interface B { a?: A }'),
  source("packages/media/src/d16.ts", 'console.log("x");', "eslint(no-console)"),
  source("packages/media/src/d17.ts", "/* oxlint-disable */\nconsole.log(1);", "unicorn(no-abusive-eslint-disable)"),
  source("packages/media/src/d18.ts", "// @ts-ignore\nif (1 > Number(2)) throw new Error();", "typescript(ban-ts-comment)"),
  source("packages/media/src/d19.ts", "if (1 > Number(2)) throw 1;", "typescript(only-throw-error)"),
];
