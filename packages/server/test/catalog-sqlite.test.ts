/** The catalogue in SQLite: the shared suite, and what is its own: processes that start together, files that are none, a newer version. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCatalog } from "../src/catalog/open.js";
import { foldText } from "../src/catalog/text.js";
import { sessionRow } from "./catalog-rows.js";
import { catalogSuite } from "./catalog-suite.js";
import { runDrivers } from "./processes.js";
import { tempRoot } from "./store-material.js";

catalogSuite("SQLite", async () => {
  const { root, remove } = await tempRoot();
  return { connect: () => openCatalog({ kind: "sqlite", file: path.join(root, "catalog.db") }), remove };
});

describe("a catalogue in SQLite", () => {
  let root: string;
  let remove: () => Promise<void>;
  let file: string;

  beforeEach(async () => {
    ({ root, remove } = await tempRoot());
    file = path.join(root, "data", "catalog.db");
  });
  afterEach(() => remove());

  it("is made once by processes that start together, and limits hold between them", { timeout: 60_000 }, async () => {
    const results = await runDrivers(
      "catalog-driver.ts",
      Array.from({ length: 4 }, (_, i) => [file, String(i)]),
    );
    const won = results.map((result) => Number(result));
    expect(won.reduce((sum, each) => sum + each, 0)).toBe(5);
    const catalog = await openCatalog({ kind: "sqlite", file });
    expect(await catalog.sessions.countActive("demo")).toBe(5);
    await catalog.close();
  });

  it("keeps what was answered when the process is killed", async () => {
    const hooks = new URL("run-source.ts", import.meta.url).href;
    const driver = new URL("catalog-kill-driver.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, ["--conditions=source", "--import", hooks, driver, file], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let answered = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      answered += chunk.length;
      if (answered >= 20) child.kill("SIGKILL");
    });
    await once(child, "close");
    const catalog = await openCatalog({ kind: "sqlite", file });
    expect((await catalog.sessions.all()).length).toBeGreaterThanOrEqual(answered);
    await catalog.close();
  });

  it("writes to the disk before it answers", async () => {
    const catalog = await openCatalog({ kind: "sqlite", file });
    const direct = new DatabaseSync(file);
    expect(direct.prepare("pragma journal_mode").get()).toEqual({ journal_mode: "wal" });
    direct.close();
    await catalog.sessions.insert(sessionRow());
    expect((await stat(`${file}-wal`)).size).toBeGreaterThan(0);
    await catalog.close();
  });

  it("refuses a file that is no database, and a database of a newer version", async () => {
    const other = path.join(root, "other.db");
    await writeFile(other, "this is not a database, and long enough to be looked at ".repeat(20));
    await expect(openCatalog({ kind: "sqlite", file: other })).rejects.toThrow();
    await (await openCatalog({ kind: "sqlite", file })).close();
    const direct = new DatabaseSync(file);
    direct.exec("insert into kysely_migration (name, timestamp) values ('999-future', '2030-01-01')");
    direct.close();
    await expect(openCatalog({ kind: "sqlite", file })).rejects.toThrow(/newer/u);
  });

  it("folds text for search", () => {
    expect(foldText("Ärger")).toBe(foldText("ARGER"));
    expect(foldText("ﬁn Ⅳ")).toBe("fin iv");
    expect(foldText("İstanbul")).toBe(foldText("istanbul"));
  });
});
