/** Two servers on one database and one folder: `here` in this process, `there` in a process of its own, which can be killed. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import { roomStatusSchema, type Session } from "@livekit-replay/contract";
import { loadFilm, ServerProcess, SMALL_FILM, WhipPublisher } from "@livekit-replay/peers";
import { vi } from "vitest";
import { type DatabaseKind, testDatabase } from "./databases.js";
import { type Answer, type AskOptions, basePath, type Harness, request, secretOf, startHarness } from "./harness.js";
import { EventReader } from "./event-reader.js";
import { buildRecorder } from "./recorder-build.js";

/** Which of the two is asked. */
export type Which = "here" | "there";

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
  ask(which: Which, userId: string, method: string, path: string, options?: AskOptions): Promise<Answer>;
  /** Publishes the small film. Ended by `leave`. */
  publish(which: Which, person: string): Promise<WhipPublisher>;
  /** Opens an event stream. Closed by `leave`. */
  listen(which: Which, person: string, path: string): Promise<EventReader>;
  /** A person's session in the lobby, as one server shows it. */
  sessionOf(which: Which, person: string): Promise<Session | undefined>;
  /** Waits until a server shows a person's session in the lobby as well, with so much in its window. */
  buffered(which: Which, person: string, ms: number): Promise<Session>;
  /** Ends what was published and opened. */
  leave(): Promise<void>;
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
  let both: Omit<TwoServers, "close"> | null = null;
  const close = async (): Promise<void> => {
    await both?.leave();
    await here?.stop();
    await there?.close();
    await place.remove();
    await rm(root, { recursive: true, force: true });
  };
  try {
    there = await ServerProcess.start({ folder: root, env: { ...ours, FILE_UPLOAD_DEST: join(root, "data"), LOG_LEVEL: "info" } });
    here = await startHarness({ root, database, env: ours });
    both = between(root, here, there);
    return { ...both, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function between(root: string, here: Harness, there: ServerProcess): Omit<TwoServers, "close"> {
  const api = { here: here.api, there: there.url + basePath };
  const open: { close(): Promise<void> }[] = [];
  const token = async (userId: string): Promise<string> => {
    const key = new TextEncoder().encode(await secretOf(root));
    return new SignJWT({ sub: userId, exp: Math.floor(Date.now() / 1000) + 900 }).setProtectedHeader({ alg: "HS256" }).sign(key);
  };
  const ask: TwoServers["ask"] = async (which, userId, method, path, options = {}) => {
    const headers = { authorization: `Bearer ${await token(userId)}`, ...options.headers };
    return request(api[which] + path, method, { ...options, headers });
  };
  const sessionOf: TwoServers["sessionOf"] = async (which, person) => {
    const { sessions } = roomStatusSchema.parse((await ask(which, person, "GET", "/status/lobby")).json());
    return sessions.find(({ owner }) => owner.userId === person);
  };
  return {
    ...{ here, there, api, token, ask, sessionOf },
    member: async (userId) => {
      const { directory } = here.server.core.catalog;
      await directory.putPerson({ userId, name: userId, admin: false, description: "" });
      await directory.putMember({ communityId: "demo", userId, roles: ["member"] });
    },
    publish: async (which, person) => {
      const url = `${api[which]}/whip/lobby`;
      const publisher = await WhipPublisher.publish({ film: await loadFilm(SMALL_FILM), url, token: await token(person) });
      open.push(publisher);
      return publisher;
    },
    listen: async (which, person, path) => {
      const reader = await EventReader.open(api[which] + path, await token(person));
      open.push(reader);
      return reader;
    },
    buffered: async (which, person, ms) => {
      const isLong = (session: Session | undefined): session is Session =>
        session?.window !== undefined &&
        session.window !== null &&
        session.window.toMs - session.window.fromMs >= ms &&
        session.health.state === "ok";
      let session: Session | undefined;
      await vi.waitUntil(async () => isLong((session = await sessionOf(which, person))), { timeout: 30_000, interval: 100 });
      if (!session) throw new Error("the session is gone");
      return session;
    },
    leave: async () => {
      for (const one of open.splice(0).toReversed()) await one.close();
    },
    kill: async () => {
      process.kill(there.pid, "SIGKILL");
      await there.close();
    },
  };
}
