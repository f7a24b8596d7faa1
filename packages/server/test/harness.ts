/** A real server for tests: real HTTP on a free port of 127.0.0.1, a temporary root, a real database, the real recorder in its own process. */
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { get, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { type Problem, problemSchema, type RoomStatus, roomStatusSchema, type Session } from "@livekit-replay/contract";
import { type Film, loadFilm, SMALL_FILM, WhipPublisher, type WhipPublisherOptions } from "@livekit-replay/peers";
import { startServer, type RunningServer } from "../src/app/server.js";
import type { CoreOptions } from "../src/app/core.js";
import { readConfig } from "../src/config/read.js";
import { type DatabaseKind, testDatabase } from "./databases.js";
import { EventReader } from "./event-reader.js";
import { buildRecorder } from "./recorder-build.js";

/** Where the API of a test server begins. */
export const basePath = "/livekit-replay";

/** What a test may change. */
export interface HarnessOptions extends Pick<CoreOptions, "clock" | "timings"> {
  /** Variables of the environment beside those that the harness sets. */
  readonly env?: Readonly<Record<string, string>>;
  /** A root that is there already (after a crash); else a new one. */
  readonly root?: string;
  /** Default: what the run is for (`REPLAY_TEST_DATABASE`), else SQLite. A root comes back to the database that it had. */
  readonly database?: DatabaseKind;
}

/** One answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON. @throws when it is none. */
  json(): unknown;
  /** The body as a problem. @throws when it is none, or has another media type. */
  problem(): Problem;
}

/** A server under test, and people who ask it. */
export interface Harness {
  readonly server: RunningServer;
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  /** `{origin}/livekit-replay` */
  readonly api: string;
  readonly root: string;
  /** Every line that was logged. */
  readonly log: string[];
  /** A token of a demo person. */
  token(person: string): Promise<string>;
  /** Asks as a demo person (or, with null, as nobody). The path begins below the base path. */
  ask(person: string | null, method: string, path: string, options?: AskOptions): Promise<Answer>;
  /** Publishes as a demo person over real WHIP, with the small film unless told otherwise. Ended with the harness. */
  publish(person: string, roomName: string, options?: PublishOptions): Promise<WhipPublisher>;
  /** Opens an event stream (`/me/events`, `/rooms/lobby/events`). Closed with the harness. */
  listen(person: string, path: string): Promise<EventReader>;
  /** The sessions of a room, as a demo person sees them. */
  status(person: string, roomName: string): Promise<RoomStatus>;
  /** Stops the server; the root stays. */
  stop(): Promise<void>;
  /** Stops the server and removes its root and its database. Idempotent. */
  close(): Promise<void>;
}

/** The rest of a request. */
export interface AskOptions {
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How a test publishes. */
export interface PublishOptions extends Partial<Omit<WhipPublisherOptions, "url" | "token">> {
  /** `?start=false` when false. */
  readonly start?: boolean;
}

/** Longest that any answer may take in a test. */
const answerLimitMs = 20_000;

class Lines extends Writable {
  readonly lines: string[] = [];

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.lines.push(
      ...chunk
        .toString("utf8")
        .split("\n")
        .filter((line) => line !== ""),
    );
    done();
  }
}

/** Tests ask more often than people do. */
const unlimited = Object.fromEntries(["START", "CAPTURE", "SHARE", "WRITE", "SIGN_IN"].map((kind) => [`RATE_${kind}_PER_MINUTE`, "off"]));

/** Starts a server. Close it when the test is over, whatever came of it. */
export async function startHarness({ env = {}, root: given, database, clock, timings }: HarnessOptions = {}): Promise<Harness> {
  await buildRecorder();
  const root = given ?? (await mkdtemp(join(tmpdir(), "replay-server-")));
  const place = testDatabase(root, database);
  const ours = { ...unlimited, PORT: "0", LOG_LEVEL: "debug", MIN_FREE_BYTES: "0", FILE_UPLOAD_DEST: "./data", DATABASE_URL: place.url };
  const output = new Lines();
  const server = await startServer({
    config: readConfig({ ...ours, ...env }, root),
    logDestination: output,
    ...(clock ? { clock } : {}),
    ...(timings ? { timings } : {}),
  });
  const asking = peopleOf(server.url.replace("localhost", "127.0.0.1"), output.lines);
  return {
    ...asking,
    server,
    root,
    log: output.lines,
    stop: async () => {
      await asking.leave();
      await server.close();
    },
    close: async () => {
      await asking.leave();
      await server.close();
      await place.remove();
      await rm(root, { recursive: true, force: true });
    },
  };
}

const isInternal = (line: string): boolean => line.includes('"code":"internal"');

type People = Pick<Harness, "origin" | "api" | "token" | "ask" | "publish" | "listen" | "status">;

/** Who asks a server. `leave` ends what they publish and listen to. */
function peopleOf(origin: string, log: readonly string[]): People & { leave: () => Promise<void> } {
  const api = `${origin}${basePath}`;
  const tokens = new Map<string, Promise<string>>();
  const open: { close(): Promise<void> }[] = [];
  const token = (person: string): Promise<string> => {
    const known = tokens.get(person) ?? signIn(origin, person);
    tokens.set(person, known);
    return known;
  };
  const ask: Harness["ask"] = async (person, method, path, options = {}) => {
    const authorization = person === null ? {} : { authorization: `Bearer ${await token(person)}` };
    const answer = await request(`${api}${path}`, method, { ...options, headers: { ...authorization, ...options.headers } });
    // What went wrong is told to nobody but the log: a test that fails by it says why.
    if (answer.status === 500) process.stderr.write(`${method} ${path}: 500\n${log.filter(isInternal).join("\n")}\n`);
    return answer;
  };
  return {
    origin,
    api,
    token,
    ask,
    publish: async (person, roomName, { start = true, ...options } = {}) => {
      const url = `${api}/whip/${encodeURIComponent(roomName)}${start ? "" : "?start=false"}`;
      const publisher = await WhipPublisher.publish({ film: await smallFilm(), ...options, url, token: await token(person) });
      open.push(publisher);
      return publisher;
    },
    listen: async (person, path) => {
      const reader = await EventReader.open(`${api}${path}`, await token(person));
      open.push(reader);
      return reader;
    },
    status: async (person, roomName) =>
      roomStatusSchema.parse((await ask(person, "GET", `/status/${encodeURIComponent(roomName)}`)).json()),
    leave: async () => {
      for (const one of open.splice(0).toReversed()) await one.close();
    },
  };
}

let film: Promise<Film> | null = null;
const smallFilm = (): Promise<Film> => (film ??= loadFilm(SMALL_FILM));

/** The one session of a room. @throws Error when there is none, or several. */
export async function theSession(harness: Harness, person: string, roomName: string): Promise<Session> {
  const { sessions } = await harness.status(person, roomName);
  const [session] = sessions;
  if (!session || sessions.length !== 1) throw new Error(`expected one session in ${roomName}, found ${sessions.length}`);
  return session;
}

async function signIn(origin: string, userId: string): Promise<string> {
  const answer = await request(`${origin}${basePath}/demo/sign-in`, "POST", { body: { userId } });
  const { token } = answer.json() as { token?: string };
  if (token === undefined) throw new Error(`${userId} could not be signed in: ${answer.text}`);
  return token;
}

/** Sends one request and reads its answer. */
export async function request(url: string, method: string, { body, headers = {} }: AskOptions = {}): Promise<Answer> {
  const json = body !== undefined && typeof body !== "string";
  const response = await fetch(url, {
    method,
    headers: { ...(json ? { "content-type": "application/json" } : {}), ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(answerLimitMs),
    redirect: "manual",
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: () => JSON.parse(text) as unknown,
    problem: () => {
      const type = response.headers.get("content-type");
      if (type?.startsWith("application/problem+json") !== true)
        throw new Error(`expected a problem, got ${response.status} ${type}: ${text.slice(0, 300)}`);
      return problemSchema.parse(JSON.parse(text));
    },
  };
}

/** The generated secret of a server, to make tokens that only a test would make. */
export const secretOf = async (root: string): Promise<string> => (await readFile(join(root, "data", "secret.key"), "utf8")).trim();

/** An id that fits the pattern and that nobody has. */
export const unknownId = (): string => randomBytes(16).toString("base64url");

/** A request with headers of one's own (`Host`, conditional ones), which `fetch` changes. */
export function rawRequest(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    get(url, { headers, signal: AbortSignal.timeout(answerLimitMs) }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString("utf8") }),
      );
    }).on("error", reject);
  });
}
