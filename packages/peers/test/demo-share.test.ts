/** The demo's share against the real built server: it is recorded, survives a restart of the server, and ends when it is asked to. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { shareDemo } from "../src/demo/share.js";
import { readClip } from "../src/judge/read.js";
import { Api } from "../src/server/api.js";
import { ServerProcess } from "../src/server/start.js";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function server(folder: string, port?: number): Promise<ServerProcess> {
  const started = await ServerProcess.start({ folder, ...(port === undefined ? {} : { port }) });
  cleanups.push(() => started.close());
  return started;
}

/** Waits until Alice's session is as it should be, with at least so much in the buffer. */
async function waitForSession(url: string, state: "active" | "ended", windowMs: number): Promise<string> {
  let id = "";
  const look = async (): Promise<boolean> => {
    const api = await Api.signIn(url, "alice");
    const session = (await api.status("lobby")).sessions.find(({ owner }) => owner.userId === "alice");
    id = session?.id ?? "";
    const { fromMs, toMs } = session?.window ?? { fromMs: 0, toMs: 0 };
    return session?.state === state && toMs - fromMs >= windowMs;
  };
  await expect.poll(look, { timeout: 40_000, interval: 300 }).toBe(true);
  return id;
}

it("shares, says how to capture, comes back after the server, and ends with the session", { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "demo-share-"));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const first = await server(folder);
  const lines: string[] = [];
  const stop = new AbortController();
  const sharing = shareDemo({ url: first.url, roomName: "lobby", say: (line) => lines.push(line), signal: stop.signal });
  cleanups.push(async () => {
    stop.abort();
    await sharing;
  });

  const id = await waitForSession(first.url, "active", 3000);
  const text = lines.join("\n");
  expect(text).toContain(`session  ${id}`);
  expect(text).toMatch(/^TOKEN=[\w-]+\.[\w-]+\.[\w-]+$/m);
  expect(text).toContain(`"sessionId":"${id}","durationMinutes":1`);
  const api = new Api(first.url, /^TOKEN=(.+)$/m.exec(text)?.[1] ?? "");
  const clip = await api.readyClip((await api.capture({ sessionId: id, durationMinutes: 1 })).id, 30_000);
  await api.download(clip, join(folder, "clip.mp4"));
  expect(await readClip(join(folder, "clip.mp4"))).toMatchObject({ complaints: [], width: 1280, height: 720, audioCodec: "opus" });

  await first.close();
  await expect.poll(() => lines.some((line) => line.includes("server is gone")), { timeout: 20_000 }).toBe(true);
  const second = await server(folder, Number(new URL(first.url).port));
  expect(await waitForSession(second.url, "active", 3000)).toBe(id);

  stop.abort();
  await sharing;
  await waitForSession(second.url, "ended", 3000);
});
