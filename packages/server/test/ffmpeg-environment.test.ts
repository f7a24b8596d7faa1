/** FFmpeg reads what strangers sent, so it is told nothing of the server that it need not know. */
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { Ffmpeg } from "../src/platform/ffmpeg.js";

test("none of the server's secrets is in the environment of FFmpeg", async ({ onTestFinished }) => {
  const folder = await mkdtemp(join(tmpdir(), "replay-ffmpeg-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const program = join(folder, "shows-its-environment");
  await writeFile(program, "#!/bin/sh\nenv\n");
  await chmod(program, 0o755);
  vi.stubEnv("LIVEKIT_API_SECRET", "the-secret-of-livekit");
  vi.stubEnv("JWT_SECRET", "the-secret-of-tokens");
  onTestFinished(() => void vi.unstubAllEnvs());
  const shown = new TextDecoder().decode(await new Ffmpeg({ program }).run({ args: [], limitMs: 5000 }));
  expect(shown).toContain(`PATH=${process.env["PATH"]}`);
  expect(shown).not.toMatch(/the-secret-of/);
});
