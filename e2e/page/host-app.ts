/** Tests of somebody else's LiveKit application: `examples/livekit-react` as it is, its server a process of its own beside livekit-replay and LiveKit. */
import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { test as base, expect } from "./call.js";

const FOLDER = fileURLToPath(new URL("../../examples/livekit-react", import.meta.url));
const READY_LIMIT_MS = 20_000;

/** What a test of the application gets besides. */
export interface HostApp {
  /** What livekit-replay and the application are both told, and where the application listens. */
  readonly hostEnv: Readonly<Record<string, string>>;
  /** Address of the application. */
  readonly app: string;
}

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
};

/** Resolves with the address that the application says it listens on. */
const addressOf = async (child: ChildProcess): Promise<string> => {
  const lines = createInterface({ input: child.stdout ?? process.stdin, signal: AbortSignal.timeout(READY_LIMIT_MS) });
  for await (const line of lines) {
    const address = /^Open (http:\S+)$/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error(`the application did not start (exit code ${child.exitCode})`);
};

/** `test` with the application. Everything that it started ends with the test. */
export const test = base.extend<HostApp>({
  hostEnv: async ({ livekit }, use) => {
    await use({
      LIVEKIT_URL: livekit.url,
      LIVEKIT_API_KEY: livekit.apiKey,
      LIVEKIT_API_SECRET: livekit.apiSecret,
      JWT_SECRET: randomUUID(),
      APP_PORT: String(await freePort()),
    });
  },
  serverEnv: async ({ hostEnv }, use) => {
    await use({ ...hostEnv, CORS_ORIGINS: `http://localhost:${hostEnv["APP_PORT"]}`, DEMO: "off" });
  },
  app: async ({ hostEnv, server }, use) => {
    const env = { ...process.env, ...hostEnv, REPLAY_URL: `${server.url}/livekit-replay` };
    const child = spawn(process.execPath, ["server/main.ts"], { cwd: FOLDER, env, stdio: ["ignore", "pipe", "inherit"] });
    const exited = once(child, "exit");
    await use(await addressOf(child));
    child.kill();
    await exited;
  },
});

/** Joins the meeting with a name. */
export const joinMeeting = async (page: Page, app: string, name: string): Promise<void> => {
  await page.goto(app);
  await page.getByRole("textbox", { name: "Your name" }).fill(name);
  await page.getByRole("button", { name: "Join" }).click();
  await expect(page.getByRole("complementary", { name: "Clips" })).toBeVisible();
};

/** LiveKit's button asks for any surface; only a tab that asks for itself is captured without somebody who chooses. */
export const preferThisTab = async (page: Page): Promise<void> => {
  await page.addInitScript(() => {
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getDisplayMedia.bind(mediaDevices);
    mediaDevices.getDisplayMedia = (options = {}) => {
      const little = { width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { ideal: 20 } };
      return ask(Object.assign({ ...options, video: little }, { preferCurrentTab: true, selfBrowserSurface: "include" }));
    };
  });
};

export { expect } from "./call.js";
