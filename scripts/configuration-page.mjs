/** Writes docs/guide/configuration.md from the server's table of variables; `--check` only compares and exits 1 when the page is stale. */
import { readFileSync, writeFileSync } from "node:fs";
import { configurationPage } from "../packages/server/dist/config/page.js";

const path = new URL("../docs/guide/configuration.md", import.meta.url);
const text = configurationPage();
if (process.argv.includes("--check")) {
  if (readFileSync(path, "utf8") !== text) {
    console.error("docs/guide/configuration.md is stale: run `npm run generate`.");
    process.exit(1);
  }
} else {
  writeFileSync(path, text);
}
