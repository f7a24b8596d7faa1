/** Somebody else's LiveKit application, `examples/livekit-react` as it is: a process of its own beside livekit-replay and LiveKit. */
import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, type Page } from "@playwright/test";
import type { LivekitServer, ServerProcess } from "@livekit-replay/peers";

const FOLDER = fileURLToPath(new URL("../../examples/livekit-react", import.meta.url));
const READY_LIMIT_MS = 20_000;

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

/** What livekit-replay and the application are both told, and where the application listens: a free port. */
export const hostEnvOf = async (livekit: LivekitServer): Promise<Readonly<Record<string, string>>> => ({
  LIVEKIT_URL: livekit.url,
  LIVEKIT_API_KEY: livekit.apiKey,
  LIVEKIT_API_SECRET: livekit.apiSecret,
  JWT_SECRET: randomUUID(),
  APP_PORT: String(await freePort()),
});

/** The environment of a livekit-replay beside the application. */
export const serverEnvOf = (hostEnv: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  ...hostEnv,
  CORS_ORIGINS: `http://localhost:${hostEnv["APP_PORT"]}`,
  DEMO: "off",
});

/** The application as a process. `close` waits for its end. */
export const startHostApp = async (
  hostEnv: Readonly<Record<string, string>>,
  server: ServerProcess,
): Promise<{ readonly app: string; readonly close: () => Promise<void> }> => {
  const env = { ...process.env, ...hostEnv, REPLAY_URL: `${server.url}/livekit-replay` };
  const child = spawn(process.execPath, ["server/main.ts"], { cwd: FOLDER, env, stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const close = async (): Promise<void> => {
    child.kill();
    await exited;
  };
  try {
    return { app: await addressOf(child), close };
  } catch (error) {
    await close();
    throw error;
  }
};

/** Joins the meeting with a name. */
export const joinMeeting = async (page: Page, app: string, name: string): Promise<void> => {
  await page.goto(app);
  await page.getByRole("textbox", { name: "Your name" }).fill(name);
  await page.getByRole("button", { name: "Join" }).click();
  await expect(page.getByRole("complementary", { name: "Clips" })).toBeVisible();
};
