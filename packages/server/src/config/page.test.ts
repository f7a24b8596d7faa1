/** The configuration page of the guide says what the table of variables says. */
import { expect, test } from "vitest";
import { configurationPage } from "./page.js";

test("docs/guide/configuration.md is not stale (`npm run generate` writes it)", async () => {
  await expect(configurationPage()).toMatchFileSnapshot("../../../../docs/guide/configuration.md");
});
