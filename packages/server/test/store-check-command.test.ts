/** `npm run check-store`, as a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCatalog } from "../src/catalog/open.js";
import { clipRow } from "./catalog-rows.js";
import { testDatabase } from "./databases.js";
import { openWriter, tempRoot, tree, writeRun } from "./store-material.js";
import { capture, finalise, openWorld, theSession, type World } from "./store-world.js";

const CLIP = "clip-000000000000001";
const LIMIT_MS = 30_000;
let root: string;
let remove: () => Promise<void>;
let world: World;

async function command(...words: string[]): Promise<{ code: unknown; output: string; errors: string }> {
  return commandOn("sqlite:./catalog.db", words);
}

async function commandOn(url: string, words: readonly string[]): Promise<{ code: unknown; output: string; errors: string }> {
  const hooks = new URL("run-source.ts", import.meta.url).href;
  const entry = new URL("../src/check-store.ts", import.meta.url).pathname;
  const env = { ...process.env, FILE_UPLOAD_DEST: ".", DATABASE_URL: url };
  const node = [
    "--experimental-transform-types",
    "--disable-warning=ExperimentalWarning",
    "--conditions=source",
    "--import",
    hooks,
    entry,
    ...words,
  ];
  const child = spawn(process.execPath, node, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"], signal: AbortSignal.timeout(LIMIT_MS) });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = await once(child, "close");
  return { code, output, errors };
}

beforeEach(async () => {
  ({ root, remove } = await tempRoot());
  const { writer, close } = await openWriter(root);
  await writeRun(writer, 3);
  await close();
  world = await openWorld(root);
  await world.catalog.sessions.insert(theSession);
});
afterEach(async () => {
  await world.close();
  await remove();
});

describe("npm run check-store", () => {
  it("says that nothing is broken, also beside a server that runs, and touches nothing", async () => {
    await finalise(world, await capture(world, CLIP));
    await writeFile(path.join(root, "replays", "bob", "notes.txt"), "mine");
    const before = await tree(path.join(root, "replays"));
    const { code, output } = await command();
    expect(output).toMatch(/^note {2}foreign {2}replays\/bob\/notes\.txt/mu);
    expect(output).toMatch(/^No invariant is broken \(1 notes\)$/mu);
    expect(code).toBe(0);
    expect(await tree(path.join(root, "replays"))).toEqual(before);
  });

  it("prints every broken invariant with its path and row, and mends when told to", async () => {
    const row = await capture(world, CLIP);
    await rm(path.join(root, "replays", "bob", `${row.fileKey}.pins`), { recursive: true });
    const unknown = path.join(root, "replays", "bob", `${row.fileKey}-2.pins`);
    await mkdir(unknown);
    const old = new Date(Date.now() - 7_200_000);
    await utimes(unknown, old, old);
    const found = await command();
    expect(found.output).toContain(`broken  unknown_pins  replays/bob/${row.fileKey}-2.pins`);
    expect(found.output).toContain(`broken  files_gone  replays/bob/${row.fileKey}.mp4  clips/${CLIP}`);
    expect(found.output).toMatch(/^2 broken$/mu);
    expect(found.code).toBe(1);
    const repaired = await command("--repair");
    expect(repaired.output).toMatch(/^2 mended/mu);
    expect(repaired.code).toBe(0);
    expect(await readdir(path.join(root, "replays", "bob"))).toEqual([]);
    expect(await world.catalog.clips.find(CLIP)).toMatchObject({ state: "lost" });
  });

  it("looks into MongoDB, and says so in words when it cannot", { timeout: 90_000 }, async () => {
    const place = testDatabase(root, "mongodb");
    const catalog = await openCatalog(place.config);
    try {
      await catalog.sessions.insert(theSession);
      await catalog.clips.insert(clipRow({ id: CLIP, state: "ready" }));
      const { code, output } = await commandOn(place.url, []);
      expect(output).toContain(`clips/${CLIP}`);
      expect(output).toMatch(/^broken {2}files_gone/mu);
      expect(code).toBe(1);
    } finally {
      await catalog.close();
      await place.remove();
    }
    const away = await commandOn("mongodb://user:hunter2@127.0.0.1:1/replay", []);
    expect(away.code).toBe(1);
    expect(away.errors).toContain("The database cannot be reached");
    expect(away.errors).not.toContain("hunter2");
  });

  it("refuses words that it does not know, and a catalogue that is not there, without making one", async () => {
    expect(await command("--force")).toMatchObject({ code: 1, errors: expect.stringContaining("--repair") });
    await world.close();
    for (const name of (await readdir(root)).filter((each) => each.startsWith("catalog.db"))) await rm(path.join(root, name));
    expect(await command()).toMatchObject({ code: 1, errors: expect.stringContaining("no catalogue") });
    expect((await readdir(root)).filter((name) => name.startsWith("catalog"))).toEqual([]);
    world = await openWorld(root);
  });
});
