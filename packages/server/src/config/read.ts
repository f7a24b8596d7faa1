/** The environment becomes one typed object, once, before anything starts. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseEnv } from "node:util";
import { type Millis, millis, type RecorderKind } from "@livekit-replay/contract";
import { type VariableName, type Values, variables } from "./variables.js";

/** How tokens are judged. Without a secret and without a JWKS the server makes a secret and keeps it. */
export interface AuthConfig {
  readonly jwtSecret: string | null;
  readonly jwksUrl: string | null;
  readonly issuer: string | null;
  readonly audience: string | null;
}

/** Where the catalogue is: an absolute path, or an address that holds a password and is never shown. */
export type DatabaseConfig = { readonly kind: "sqlite"; readonly file: string } | { readonly kind: "mongodb"; readonly url: string };

/** A LiveKit server. Addresses are `ws:` or `wss:`, without a slash at their end. */
export interface LivekitConfig {
  readonly url: string;
  /** What browsers connect to. */
  readonly publicUrl: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** Where the host application answers, and the key that requests to it are signed with. */
export interface HostConfig {
  /** Without a slash at its end. */
  readonly url: string;
  readonly secret: string;
}

/** Requests of one person (`signIn`: of one address) in a minute; 0: no limit. */
export interface RateConfig {
  readonly start: number;
  readonly capture: number;
  readonly share: number;
  readonly write: number;
  readonly signIn: number;
}

/** What the server was told, complete: defaults are filled in. Lives as long as the process; never changes. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** `host` is reachable from this machine only. */
  readonly loopback: boolean;
  /** Without a slash at its end; null: from each request. */
  readonly publicUrl: string | null;
  /** Where other servers on the same database reach this one, without a slash at its end; null: where it listens. */
  readonly serverUrl: string | null;
  readonly corsOrigins: readonly string[];
  /** Whose windows may hold the page, and give it tokens. */
  readonly embedOrigins: readonly string[];
  /** Networks of reverse proxies in front that are believed. */
  readonly trustProxy: readonly string[];
  readonly rates: RateConfig;
  readonly rtc: { readonly udpPort: number | null; readonly publicIp: string | null; readonly iceServers: readonly string[] };
  /** Absolute path of the root of segments and clips. */
  readonly storageRoot: string;
  /** Where the catalogue is. */
  readonly database: DatabaseConfig;
  /** Absolute path of the folder that keeps what the server makes for itself (its secret). */
  readonly dataFolder: string;
  readonly quotaBytes: number;
  readonly minFreeBytes: number;
  readonly auth: AuthConfig;
  /** The host application whose directory counts; null: the built-in one. */
  readonly directoryHost: HostConfig | null;
  readonly demo: boolean;
  /** The demo was asked for (`DEMO=on`), not only left on. */
  readonly demoAsked: boolean;
  readonly recorderProcesses: number;
  /** Null: shares come by WHIP only. */
  readonly livekit: LivekitConfig | null;
  /** What records: WHIP publications always by `whip`, shares of LiveKit rooms by this one. */
  readonly recorder: RecorderKind;
  /** Absolute path of `storageRoot` as egress sees it. */
  readonly egressOutputDir: string;
  readonly buffer: { readonly window: Millis; readonly captureMax: Millis; readonly segment: Millis; readonly grace: Millis };
  /** Active sessions of one community at once. */
  readonly maxConcurrent: number;
  readonly logLevel: "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent";
  readonly metricsToken: string | null;
}

/** The configuration is wrong: each sentence names a variable, its value and what is allowed. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(readonly sentences: readonly string[]) {
    super(sentences.join("\n"));
  }
}

const shown = (name: VariableName, text: string): string => {
  const secret = "secret" in variables[name] && variables[name].secret === true;
  return secret ? `${name} has a value (not shown) that does not fit` : `${name} is ${JSON.stringify(text)}`;
};

/** Every wrong variable by itself, then what does not fit together. @throws ConfigError with all of it */
function readValues(env: Readonly<Record<string, string | undefined>>): Values {
  const sentences: string[] = [];
  const wrong = new Set<VariableName>();
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(variables) as VariableName[]) {
    const { schema, fallback, allowed } = variables[name];
    const text = env[name] === undefined || env[name] === "" ? fallback : env[name];
    if (text === null) continue;
    const result = schema.safeParse(text);
    if (result.success) values[name] = result.data;
    else {
      sentences.push(`${shown(name, text)}; allowed is ${allowed}.`);
      wrong.add(name);
    }
  }
  sentences.push(...apart(values as Values), ...livekitApart(values as Values, wrong), ...hostApart(values as Values, wrong));
  if (sentences.length > 0) throw new ConfigError(sentences);
  return values as Values;
}

/** Whether an address is reachable from this machine only. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);

function apart(values: Values): string[] {
  const buffer = values.BUFFER_MINUTES ?? 0;
  const most = values.CAPTURE_MAX_MINUTES ?? 0;
  if (values.BUFFER_MINUTES === undefined || most <= buffer) return [];
  return [`CAPTURE_MAX_MINUTES is "${most}"; allowed is ${variables.CAPTURE_MAX_MINUTES.allowed} (BUFFER_MINUTES is "${buffer}").`];
}

/** The three variables belong together; what records LiveKit rooms needs them. */
function livekitApart(values: Values, wrong: ReadonlySet<VariableName>): string[] {
  const three = ["LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"] as const;
  const missing = three.filter((name) => values[name] === undefined && !wrong.has(name));
  if (missing.length > 0 && missing.length < three.length)
    return missing.map((name) => `${name} is not set; allowed is all three of ${three.join(", ")}, or none.`);
  const { RECORDER } = values;
  if (missing.length === 0 || RECORDER === undefined || RECORDER === "whip") return [];
  return [`RECORDER is "${RECORDER}"; allowed is whip, unless ${three.join(", ")} are set.`];
}

/** `DIRECTORY=host` needs both of its variables and tokens that somebody can make, and is no demo; without it nobody believes that a host is asked. */
function hostApart(values: Values, wrong: ReadonlySet<VariableName>): string[] {
  const both = ["HOST_URL", "HOST_SECRET"] as const;
  if (wrong.has("DIRECTORY")) return [];
  if (values.DIRECTORY !== "host")
    return both
      .filter((name) => values[name] !== undefined)
      .map((name) => `${name} is set; allowed is to leave it unset, unless DIRECTORY is host.`);
  const sentences = both
    .filter((name) => values[name] === undefined && !wrong.has(name))
    .map((name) => `${name} is not set; DIRECTORY is "host", and then ${both.join(" and ")} are required.`);
  const tokens = (["JWT_SECRET", "JWKS_URL"] as const).some((name) => values[name] !== undefined || wrong.has(name));
  if (!tokens)
    sentences.push(
      'JWT_SECRET is not set, nor is JWKS_URL; DIRECTORY is "host", and then one of them is required: the host application signs people in.',
    );
  if (values.DEMO === true) sentences.push('DEMO is on; allowed is off, because DIRECTORY is "host".');
  return sentences;
}

function hostOf(values: Values): HostConfig | null {
  const { DIRECTORY, HOST_URL: url, HOST_SECRET: secret } = values;
  return DIRECTORY === "host" && url !== undefined && secret !== undefined ? { url, secret } : null;
}

const websocketUrl = (url: string): string => url.replace(/^http/, "ws").replace(/\/+$/, "");

function livekitOf(values: Values): LivekitConfig | null {
  const { LIVEKIT_URL: url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret, LIVEKIT_PUBLIC_URL: publicUrl } = values;
  if (url === undefined || apiKey === undefined || apiSecret === undefined) return null;
  return { url: websocketUrl(url), publicUrl: websocketUrl(publicUrl ?? url), apiKey, apiSecret };
}

function databaseOf({ DATABASE_URL: database }: Values, folder: string): DatabaseConfig {
  if (database?.kind === "mongodb") return database;
  return { kind: "sqlite", file: resolve(folder, database?.file ?? "") };
}

const ratesOf = (values: Values): RateConfig => ({
  start: values.RATE_START_PER_MINUTE ?? 0,
  capture: values.RATE_CAPTURE_PER_MINUTE ?? 0,
  share: values.RATE_SHARE_PER_MINUTE ?? 0,
  write: values.RATE_WRITE_PER_MINUTE ?? 0,
  signIn: values.RATE_SIGN_IN_PER_MINUTE ?? 0,
});

/** Whether nobody but who sits at this machine can mean this server: a proxy in front of it makes a loopback address everybody's. */
function isFirstLook({ NODE_ENV, DIRECTORY, PUBLIC_URL, TRUST_PROXY = [] }: Values, host: string): boolean {
  const isLocal = isLoopback(host) && (PUBLIC_URL === undefined || isLoopback(new URL(PUBLIC_URL).hostname));
  return NODE_ENV !== "production" && DIRECTORY !== "host" && isLocal && TRUST_PROXY.length === 0;
}

const minutes = (value: number | undefined): Millis => millis((value ?? 0) * 60_000);

/**
 * Reads the configuration.
 * @param env the environment, for example `process.env`
 * @param folder what relative paths start from
 * @throws ConfigError with a sentence for each wrong variable
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, folder: string): Config {
  const values = readValues(env);
  const livekit = livekitOf(values);
  const recorder = values.RECORDER ?? (livekit === null ? "whip" : "passthrough");
  const host = values.HOST ?? "127.0.0.1";
  const loopback = isLoopback(host);
  const directoryHost = hostOf(values);
  const database = databaseOf(values, folder);
  const storageRoot = resolve(folder, values.FILE_UPLOAD_DEST ?? "");
  return {
    port: values.PORT ?? 0,
    host,
    loopback,
    publicUrl: values.PUBLIC_URL ?? null,
    serverUrl: values.SERVER_URL ?? null,
    corsOrigins: values.CORS_ORIGINS ?? [],
    embedOrigins: values.EMBED_ORIGINS ?? [],
    trustProxy: values.TRUST_PROXY ?? [],
    rates: ratesOf(values),
    rtc: { udpPort: values.RTC_UDP_PORT ?? null, publicIp: values.RTC_PUBLIC_IP ?? null, iceServers: values.ICE_SERVERS ?? [] },
    storageRoot,
    database,
    // Servers on one database need one secret: it lies where all of them look.
    dataFolder: database.kind === "sqlite" ? dirname(database.file) : storageRoot,
    quotaBytes: values.DEFAULT_QUOTA_BYTES ?? 0,
    minFreeBytes: values.MIN_FREE_BYTES ?? 0,
    auth: {
      jwtSecret: values.JWT_SECRET ?? null,
      jwksUrl: values.JWKS_URL ?? null,
      issuer: values.JWT_ISSUER ?? null,
      audience: values.JWT_AUDIENCE ?? null,
    },
    directoryHost,
    demo: values.DEMO ?? isFirstLook(values, host),
    demoAsked: values.DEMO === true,
    livekit,
    recorder,
    egressOutputDir: values.EGRESS_OUTPUT_DIR ?? storageRoot,
    recorderProcesses: values.RECORDER_PROCESSES ?? 1,
    buffer: {
      window: minutes(values.BUFFER_MINUTES),
      captureMax: minutes(values.CAPTURE_MAX_MINUTES),
      segment: millis((values.SEGMENT_SECONDS ?? (recorder === "egress" ? 10 : 2)) * 1000),
      grace: minutes(values.GRACE_MINUTES),
    },
    maxConcurrent: values.DEFAULT_MAX_CONCURRENT ?? 0,
    logLevel: values.LOG_LEVEL ?? "info",
    metricsToken: values.METRICS_TOKEN ?? null,
  };
}

/**
 * The environment with what a `.env` file adds to it; what is set already wins, as with every tool that reads such a file.
 * A missing file is fine; one that cannot be read is an error.
 */
export function withEnvFile(env: Readonly<Record<string, string | undefined>>, path: string): Record<string, string | undefined> {
  try {
    return { ...parseEnv(readFileSync(path, "utf8")), ...env };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { ...env };
    throw error;
  }
}
