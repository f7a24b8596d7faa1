/** Two servers on one database and one folder: `here` in this process, `there` in a process of its own, which can be killed. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import { ServerProcess } from "@livekit-replay/peers";
import { type DatabaseKind, testDatabase } from "./databases.js";
import { type Answer, type AskOptions, basePath, type Harness, request, secretOf, startHarness } from "./harness.js";
import { buildRecorder } from "./recorder-build.js";

/** Both, and who asks them. */
export interface TwoServers {
  readonly here: Harness;
  readonly there: ServerProcess;
  /** `{origin}/livekit-replay` of each. */
  readonly api: { readonly here: string; readonly there: string };
  /** A token of anybody, good at both. */
  token(userId: string): Promise<string>;
  /** Makes somebody a member of the demo community who may record, capture and post. */
  member(userId: string): Promise<void>;
  ask(which: "here" | "there", userId: string, method: string, path: string, options?: AskOptions): Promise<Answer>;
  /** Ends the other server at once, as a power cut would. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** Tests ask more often than people do. */
const unlimited = Object.fromEntries(["START", "CAPTURE", "SHARE", "WRITE", "SIGN_IN"].map((kind) => [`RATE_${kind}_PER_MINUTE`, "off"]));

/** Starts the other server first, so that it is the one that cleans up. */
export async function startTwoServers(database: DatabaseKind, env: Readonly<Record<string, string>> = {}): Promise<TwoServers> {
  await buildRecorder();
  const root = await mkdtemp(join(tmpdir(), "replay-two-"));
  const place = testDatabase(root, database);
  const ours = { MIN_FREE_BYTES: "0", DATABASE_URL: place.url, ...unlimited, ...env };
  let there: ServerProcess | null = null;
  let here: Harness | null = null;
  const close = async (): Promise<void> => {
    await here?.stop();
    await there?.close();
    await place.remove();
    await rm(root, { recursive: true, force: true });
  };
  try {
    there = await ServerProcess.start({ folder: root, env: { ...ours, FILE_UPLOAD_DEST: join(root, "data"), LOG_LEVEL: "info" } });
    here = await startHarness({ root, database, env: ours });
    return { ...between(root, here, there), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function between(root: string, here: Harness, there: ServerProcess): Omit<TwoServers, "close"> {
  const api = { here: here.api, there: there.url + basePath };
  const token = async (userId: string): Promise<string> => {
    const key = new TextEncoder().encode(await secretOf(root));
    return new SignJWT({ sub: userId, exp: Math.floor(Date.now() / 1000) + 900 }).setProtectedHeader({ alg: "HS256" }).sign(key);
  };
  return {
    here,
    there,
    api,
    token,
    member: async (userId) => {
      const { directory } = here.server.core.catalog;
      await directory.putPerson({ userId, name: userId, admin: false, description: "" });
      await directory.putMember({ communityId: "demo", userId, roles: ["member"] });
    },
    ask: async (which, userId, method, path, options = {}) => {
      const headers = { authorization: `Bearer ${await token(userId)}`, ...options.headers };
      return request(api[which] + path, method, { ...options, headers });
    },
    kill: async () => {
      process.kill(there.pid, "SIGKILL");
      await there.close();
    },
  };
}
