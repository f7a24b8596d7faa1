/** A client that a stranger's generator made from the OpenAPI document compiles, and does the main job. */
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clipPageSchema } from "@livekit-replay/contract";
import { type Harness, startHarness } from "./harness.js";

const folder = fileURLToPath(new URL("../../../examples/openapi-client", import.meta.url));
const run = promisify(execFile);
let harness: Harness;

beforeAll(async () => {
  await rm(`${folder}/generated`, { recursive: true, force: true });
  harness = await startHarness();
});
afterAll(async () => {
  await harness.close();
  await rm(`${folder}/generated`, { recursive: true, force: true });
});

/** A program of the example's own packages, as its scripts run it. */
async function program(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const options = { cwd: folder, env: { ...process.env, ...env }, timeout: 60_000 };
  const { stdout } = await run(process.execPath, [file, ...args], options).catch((error: unknown) => {
    const { stdout: said = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${file} failed:\n${said}\n${stderr}`, { cause: error });
  });
  return stdout;
}

test("types are made from the running server, the example compiles with them, and keeps what is shared", async () => {
  const generator = ["--output", "generated/api.ts", "--default-non-nullable=false"];
  await program("node_modules/openapi-typescript/bin/cli.js", [`${harness.origin}/openapi.json`, ...generator]);
  await program("node_modules/typescript/bin/tsc", []);

  await harness.publish("bob", "lobby", { start: false });
  const printed = await program("main-job.ts", [], { REPLAY_URL: harness.origin, REPLAY_TOKEN: await harness.token("bob") });
  const said = JSON.parse(printed) as Record<string, unknown>;
  expect(said).toMatchObject({ clip: { state: "ready", sharedTo: ["clips"] }, listed: true, again: "already_active" });
  const { items, quota } = clipPageSchema.parse((await harness.ask("bob", "GET", "/my-clips")).json());
  expect(items).toMatchObject([{ title: "From a generated client", ...(({ id }) => ({ id }))(said["clip"] as { id: string }) }]);
  expect(said["downloadedBytes"]).toBe(items[0]?.sizeBytes);
  expect(said["usedBytes"]).toBe(quota.usedBytes);
}, 120_000);
