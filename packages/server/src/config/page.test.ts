/** The configuration page of the guide says what the table of variables says. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { configurationPage } from "./page.js";

test("docs/guide/configuration.md is not stale", () => {
  const written = readFileSync(new URL("../../../../docs/guide/configuration.md", import.meta.url), "utf8");
  expect(written, "run `node scripts/configuration-page.mjs` after a build").toBe(configurationPage());
});
