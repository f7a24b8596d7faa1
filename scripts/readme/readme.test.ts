/** The lines of README.md over HTTP work as they are written: bash runs them against a real `npm start` and a real `npm run demo-share`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { Api, probeClip } from "@livekit-replay/peers";
import { Children } from "../process/children.mjs";
import { insideEnv, outsideEnv, ROOT } from "../setup/place.mjs";
import { commandsOf } from "./lines.mjs";

const address = "http://localhost:3000";
const children = new Children();
let folder = "";
let url = "";

const stops: (() => Promise<void>)[] = [];

/** Starts a script of package.json as a person does at a terminal, and gives what a line of its output says. */
function start(args: readonly string[], env: NodeJS.ProcessEnv, telling: RegExp): Promise<string> {
  const child = spawn("npm", args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  // Its output ends when the last of what it started has ended.
  const ended = once(child, "close");
  stops.push(async () => {
    // What Ctrl-C does: the terminal tells all of them.
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGINT");
    await ended;
  });
  return new Promise((resolve, reject) => {
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        const found = telling.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      });
    ended.then(() => reject(new Error(`npm ${args.join(" ")} ended:\n${said}`)), reject);
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "replay-readme-"));
  // A port that nobody has, and folders of its own; what is set otherwise for tests is not what a person has.
  const env = { ...outsideEnv(), NODE_ENV: "", PORT: "0", FILE_UPLOAD_DEST: join(folder, "data") };
  url = await start(["start"], { ...env, DATABASE_URL: `sqlite:${join(folder, "catalog.db")}` }, /ready: open (\S+)/);
  const session = await start(["run", "demo-share", "--", "--url", url], outsideEnv(), /^ {2}session {2}([\w-]+)$/m);
  const api = await Api.signIn(url, "alice");
  await vi.waitUntil(
    async () =>
      (await api.status("lobby")).sessions.some(
        ({ id, window }) => id === session && window !== null && window.toMs - window.fromMs >= 2000,
      ),
    { timeout: 30_000, interval: 200 },
  );
}, 240_000);

afterAll(async () => {
  for (const stop of stops.toReversed()) await stop();
  await children.close();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

it("they work as written", async () => {
  const page = await readFile(join(ROOT, "README.md"), "utf8");
  const written = commandsOf(page, "**Over HTTP.**", "The whole API is described");
  expect(written).toContain(address);
  await writeFile(join(folder, "lines.sh"), written.replaceAll(address, url));
  // curl itself says what was asked and what came back; the lines stay as they are.
  await writeFile(join(folder, ".curlrc"), 'fail-with-body\nwrite-out = "%{stderr}\\n%{http_code} %{method} %{url}\\n"\n');
  const env = { ...insideEnv(process.execPath), CURL_HOME: folder };
  const { code, output } = await children.run("bash", ["-euo", "pipefail", "lines.sh"], {
    cwd: folder,
    env,
    output: "keep",
    limitMs: 60_000,
  });
  const calls = output
    .split("\n")
    .filter((line) => /^\d{3} [A-Z]+ http/.test(line))
    .map((line) => line.replace(`${url}/livekit-replay/`, "").replace(/[\w-]{16,}/g, "<id>"));
  expect({ code, calls }, output).toEqual({
    code: 0,
    calls: [
      "200 POST demo/sign-in",
      "200 GET status/lobby",
      "200 GET me",
      "200 POST stop/<id>",
      "201 POST start",
      "201 POST capture",
      "200 GET my-clips",
      "200 GET clips/<id>/download",
      "204 DELETE clips/<id>",
      "200 PATCH admin/community/demo/config",
      "200 PATCH admin/users/bob/quota",
    ],
  });
  expect(output).toMatch(/"maxConcurrent":10\b/);
  expect(output).toMatch(/"limitBytes":10000000000\b/);
  expect((await probeClip(join(folder, "clip.mp4"))).videoUs).toBeGreaterThan(1_000_000);
}, 120_000);
