/**
 * `npm run fuzz`: Schemathesis (PyPI) asks a real server everything that its OpenAPI document allows, and what it does not, as an instance admin, as a
 * member and as a stranger, and judges every answer by the document. A share runs meanwhile, and clips, posts and channels are there to be asked for.
 * Options: `--examples 20` (of each operation, by each person), `--seed 1`, `--as admin` (one of them), and after `--` whatever Schemathesis takes.
 */
import { spawn } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Api, loadFilm, ServerProcess, SMALL_FILM, WhipPublisher } from "@livekit-replay/peers";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    examples: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    as: { type: "string" },
  },
});

const version = "4.32.5";
const root = fileURLToPath(new URL("../", import.meta.url));
const environment = join(root, ".cache", "fuzz");
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs a program, its output shown unless it is quiet; its exit code, or 127 when it is not there. */
async function run(
  command: string,
  args: readonly string[],
  { env = {}, quiet = false }: { env?: Record<string, string>; quiet?: boolean } = {},
): Promise<number> {
  const child = spawn(command, args, {
    cwd: tmpdir(),
    env: { ...process.env, ...env },
    stdio: quiet ? "ignore" : ["ignore", "inherit", "inherit"],
  });
  const [code] = (await once(child, "close").catch(() => [127])) as [number | null];
  return code ?? 1;
}

/** Installs the pinned version beside what other programs have. */
async function install(): Promise<void> {
  if ((await run(join(environment, "bin", "schemathesis"), ["--version"], { quiet: true })) === 0) return;
  say(`fuzz      installing Schemathesis ${version} into .cache/fuzz`);
  if ((await run("python3", ["-m", "venv", environment])) !== 0)
    throw new Error("Python's venv is missing: apt-get install python3-venv (or the like), and try again");
  if ((await run(join(environment, "bin", "pip"), ["install", "--quiet", `schemathesis==${version}`])) !== 0)
    throw new Error("Schemathesis could not be installed with pip");
}

const secret = randomBytes(32).toString("base64url");

/** A token of anybody, as the host application of an installation makes them. */
function tokenOf(sub: string): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "HS256" })}.${part({ sub, name: sub, exp: Math.floor(Date.now() / 1000) + 6 * 3600 })}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/** Things by the names of parameters and fields. */
type Things = Record<"kept" | "spare", Record<string, string[]>>;

/** A share that runs, clips of it, a post, and things to be used up. */
async function world(url: string, publishers: WhipPublisher[]): Promise<Things> {
  const film = await loadFilm(SMALL_FILM);
  const bob = new Api(url, tokenOf("bob"));
  const alice = new Api(url, tokenOf("alice"));
  for (const [api, room] of [
    [bob, "lobby"],
    [alice, "studio"],
  ] as const)
    publishers.push(await WhipPublisher.publish({ film, url: api.whipUrl(room), token: api.token }));
  const kept = await clipsOf(bob, "lobby", 3);
  const spare = await clipsOf(bob, "lobby", 12);
  const session = async (api: Api, room: string): Promise<string> => (await api.status(room)).sessions[0]?.id ?? "";
  const resource = (index: number): string => new URL(publishers[index]?.resourceUrl ?? url).pathname.split("/").at(-1) ?? "";
  const place = { communityId: ["demo"], channelId: ["clips", "general"], targetChannelId: ["clips"], roomName: ["lobby", "studio"] };
  return {
    kept: {
      ...place,
      role: ["member", "guest"],
      userId: ["alice", "bob", "carol"],
      clipId: kept,
      sessionId: [await session(bob, "lobby")],
      publicationId: [resource(0)],
      file: ["init-0.mp4"],
    },
    spare: {
      ...Object.fromEntries(["communityId", "channelId", "roomName", "role", "userId"].map((name) => [name, ["spare", "spare-2"]])),
      clipId: spare,
      sessionId: [await session(alice, "studio")],
      publicationId: [resource(1)],
    },
  };
}

async function clipsOf(api: Api, roomName: string, count: number): Promise<string[]> {
  const [session] = await until(async () => (await api.status(roomName)).sessions.filter(({ window }) => window !== null));
  const clips: string[] = [];
  while (clips.length < count) clips.push((await api.capture({ sessionId: session?.id ?? "", durationSeconds: 1 })).id);
  return clips;
}

/** Looks until there is something. @throws Error after half a minute */
async function until<T>(look: () => Promise<T[]>): Promise<T[]> {
  for (let tries = 0; tries < 300; tries += 1) {
    const found = await look();
    if (found.length > 0) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("nothing was recorded within half a minute");
}

/** One run as one person; its exit code. */
async function fuzz(url: string, who: string, things: Things): Promise<number> {
  const person = { admin: "alice", member: "bob", stranger: "stranger" }[who] ?? who;
  say(`\nfuzz      as ${who} (${person}): ${values.examples} examples of each operation, seed ${values.seed}`);
  const configuration = join(root, "scripts", "fuzz", "schemathesis.toml");
  const args = [
    "--config-file",
    configuration,
    "run",
    `${url}/openapi.json`,
    "--checks",
    "all",
    "--max-examples",
    values.examples,
    "--seed",
    values.seed,
  ];
  // A stream has no end: its answer cannot be read to the end and judged. What its status may be is asked in the tests of rights.
  args.push("--exclude-path-regex", "/events$", "--header", `Authorization: Bearer ${tokenOf(person)}`, "--continue-on-failure");
  // A download waits half a minute for its file, as it says.
  args.push("--request-timeout", "60", "--max-response-time", "50", "--generation-database", "none", "--no-color", ...positionals);
  const env = { SCHEMATHESIS_HOOKS: join(root, "scripts", "fuzz", "hooks.py"), REPLAY_FUZZ_THINGS: JSON.stringify(things) };
  return run(join(environment, "bin", "schemathesis"), args, { env });
}

await install();
const folder = await mkdtemp(join(tmpdir(), "replay-fuzz-"));
const publishers: WhipPublisher[] = [];
let code = 1;
const server = await ServerProcess.start({
  folder,
  env: { JWT_SECRET: secret, DEMO: "on", MIN_FREE_BYTES: "0", LOG_LEVEL: "error" },
});
try {
  const things = await world(server.url, publishers);
  const codes: number[] = [];
  for (const who of values.as === undefined ? ["stranger", "member", "admin"] : [values.as])
    codes.push(await fuzz(server.url, who, things));
  code = Math.max(...codes);
  if (code === 0) say("\nfuzz      every answer is as the document says");
} finally {
  for (const publisher of publishers) await publisher.close().catch(() => undefined);
  await server.close();
  await rm(folder, { recursive: true, force: true });
}
// The WebRTC library's threads would keep the process for ever.
process.exit(code);
