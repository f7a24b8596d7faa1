/** Where there is no browser: the built package is imported and its components are rendered, as a framework with server-side rendering does it. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { aClip } from "./clip.js";
import { aSession } from "./session.js";

const program = fileURLToPath(new URL("./render-on-server.ts", import.meta.url));

test("every component renders without a browser", async () => {
  const given = JSON.stringify({ session: aSession({}), clip: aClip({}) });
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, given], { timeout: 20_000 });
  expect(stderr).toBe("");
  const { room, player, trim, library } = JSON.parse(stdout) as Record<string, string>;
  expect(room).toMatch(/replay-strip[^]*replay-capture-main/);
  expect(player).toContain("replay-player");
  expect(trim).toContain("replay-trim-track");
  expect(library).toContain("replay-library");
});
