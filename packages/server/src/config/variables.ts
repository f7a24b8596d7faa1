/** Every variable of the environment that the server reads, with its default and what is allowed. The configuration page is made from this table. */
import { isIP } from "node:net";
import { z } from "zod";
import { anyText, byteSize, httpUrl, listOf, networks, onOff, perMinute, type Variable, wholeNumber } from "./variable.js";

/** What the catalogue's address says; a file is as it was written. */
const databaseUrl = z.union([
  z
    .string()
    .regex(/^sqlite:.+$/)
    .transform((text) => ({ kind: "sqlite", file: text.replace(/^sqlite:(\/\/(?=\/))?/, "") }) as const),
  z
    .string()
    .regex(/^mongodb(\+srv)?:\/\/\S+$/)
    .transform((url) => ({ kind: "mongodb", url }) as const),
]);
const livekitUrl = z.string().refine((text) => {
  const url = URL.parse(text);
  return url !== null && /^(wss?|https?):$/.test(url.protocol) && url.username === "" && url.search === "" && url.hash === "";
});
const iceServer = z.string().regex(/^(stun|stuns|turn|turns):\S+$/);
const origin = z.string().refine((text) => text === "*" || URL.parse(text)?.origin === text);
/** Of a site that is named: what it may do is not for everybody. */
const siteOrigin = z.string().refine((text) => URL.parse(text)?.origin === text && /^https?:/.test(text));
const ipAddress = z.string().refine((text) => isIP(text) !== 0);
const host = z.string().regex(/^[A-Za-z0-9.:_-]{1,255}$/);

const network = {
  PORT: {
    schema: wholeNumber(0, 65_535),
    fallback: "3000",
    allowed: "a port number from 0 (any free port) to 65535",
    about: "TCP port of the HTTP server.",
  },
  HOST: {
    schema: host,
    fallback: "127.0.0.1",
    allowed: "an address or a name of this machine",
    about: "Address that the HTTP server listens on. With a loopback address WebRTC binds to loopback too.",
  },
  PUBLIC_URL: {
    schema: httpUrl,
    fallback: null,
    allowed: "an http or https address without query or user, for example https://replay.example.org",
    about: "Address that people open; used in links. Unset: taken from each request.",
  },
  SERVER_URL: {
    schema: httpUrl,
    fallback: null,
    allowed: "an http or https address without query or user, for example http://10.0.0.5:3000",
    about:
      "Where the other servers on the same database reach this one. Unset: `HOST` and `PORT`; where `HOST` is every address, the first one of this machine.",
  },
  CORS_ORIGINS: {
    schema: listOf(origin),
    fallback: null,
    allowed: "origins with commas between them (https://app.example.org), or *",
    about: "Origins whose pages may call this server. Unset: only its own page.",
  },
  EMBED_ORIGINS: {
    schema: listOf(siteOrigin),
    fallback: null,
    allowed: "origins with commas between them, for example https://chat.example.org",
    about:
      "Origins of host applications whose windows may hold the page in a frame (CSP `frame-ancestors`) and, as its parent or opener, give it tokens ([how](embed.md#the-page-in-a-window-of-yours)). Unset: none.",
  },
  TRUST_PROXY: {
    schema: networks,
    fallback: null,
    allowed: "addresses or networks with commas between them (10.0.0.0/8, loopback, uniquelocal)",
    about:
      "Reverse proxies that are believed about where a request came from and how (`X-Forwarded-For`, `-Host`, `-Proto`). Unset: none, so behind a proxy all requests come from its address.",
  },
  RTC_UDP_PORT: {
    schema: wholeNumber(1, 65_535),
    fallback: null,
    allowed: "a port number from 1 to 65535",
    about: "UDP port of all WHIP publishers of a recorder process; process n takes the port plus n. Unset: a free one.",
  },
  RTC_PUBLIC_IP: {
    schema: ipAddress,
    fallback: null,
    allowed: "an IPv4 or IPv6 address",
    about: "Address that publishers reach this machine by, when it is behind NAT.",
  },
  ICE_SERVERS: {
    schema: listOf(iceServer),
    fallback: null,
    allowed: "stun: or turn: addresses with commas between them",
    about: "ICE servers of the recorder.",
  },
};

const storage = {
  FILE_UPLOAD_DEST: {
    schema: anyText,
    fallback: "./data",
    allowed: "a folder that this server may write to",
    about: "Root of segments and clips.",
  },
  DATABASE_URL: {
    schema: databaseUrl,
    fallback: "sqlite:./data/catalog.db",
    allowed:
      "sqlite: and a file, for example sqlite:./data/catalog.db, or an address of MongoDB, for example mongodb://user:password@db.example.org/livekit-replay",
    about:
      "The catalogue. Servers that share one database share `FILE_UPLOAD_DEST` too. MongoDB: the database is `livekit-replay` where the address names none; what the server makes for itself (its secret) is kept in `FILE_UPLOAD_DEST`.",
    secret: true,
  },
  DEFAULT_QUOTA_BYTES: {
    schema: byteSize,
    fallback: "5 GB",
    allowed: "a number of bytes, or a number with kB, MB, GB or TB (GB = 1e9 bytes)",
    about: "How many bytes of clips a person may keep.",
  },
  MIN_FREE_BYTES: {
    schema: byteSize,
    fallback: "2 GB",
    allowed: "a number of bytes, or a number with kB, MB, GB or TB (GB = 1e9 bytes)",
    about: "Below this much free space new sessions are refused.",
  },
};

const signIn = {
  JWT_SECRET: {
    schema: z.string().min(32),
    fallback: null,
    allowed: "a text of at least 32 characters",
    about: "Key of HS256 tokens. Unset, without `JWKS_URL`: one is made and kept in the data folder.",
    secret: true,
  },
  JWKS_URL: { schema: httpUrl, fallback: null, allowed: "an http or https address", about: "Keys of asymmetric tokens (JWKS)." },
  JWT_ISSUER: { schema: anyText, fallback: null, allowed: "the `iss` that tokens must have", about: "Checked when set." },
  JWT_AUDIENCE: { schema: anyText, fallback: null, allowed: "the `aud` that tokens must have", about: "Checked when set." },
  DIRECTORY: {
    schema: z.enum(["builtin", "host"]),
    fallback: "builtin",
    allowed: "builtin or host",
    about:
      "Who is who and who may what: this server's own directory, or the host application's, which is asked over HTTP ([how](embed.md)).",
  },
  HOST_URL: {
    schema: httpUrl,
    fallback: null,
    allowed: "an http or https address without query or user, with DIRECTORY=host",
    about: "Where the host application answers (`DIRECTORY=host`).",
  },
  HOST_SECRET: {
    schema: z.string().min(32),
    fallback: null,
    allowed: "a text of at least 32 characters, with DIRECTORY=host",
    about: "Key that requests to the host application are signed with (`DIRECTORY=host`).",
    secret: true,
  },
  DEMO: {
    schema: onOff,
    fallback: null,
    allowed: "on or off",
    about:
      "A community with rooms, channels and three people; the page offers to sign in as one of them. Unset: on, unless `NODE_ENV=production`, `HOST` or `PUBLIC_URL` is not loopback, `TRUST_PROXY` is set, or `DIRECTORY=host`; and then not for requests that a proxy brings (`X-Forwarded-For`, `Forwarded`).",
  },
};

const requestsPerMinute = "a number of requests from 1 to 100000, or off";
const rates = {
  RATE_START_PER_MINUTE: {
    schema: perMinute,
    fallback: "30",
    allowed: requestsPerMinute,
    about: "How often one person may start or publish in any minute, on each server process; more is answered 429 with `Retry-After`.",
  },
  RATE_CAPTURE_PER_MINUTE: {
    schema: perMinute,
    fallback: "30",
    allowed: requestsPerMinute,
    about: "How often one person may capture.",
  },
  RATE_SHARE_PER_MINUTE: {
    schema: perMinute,
    fallback: "30",
    allowed: requestsPerMinute,
    about: "How often one person may share clips to channels.",
  },
  RATE_WRITE_PER_MINUTE: {
    schema: perMinute,
    fallback: "300",
    allowed: requestsPerMinute,
    about: "How often one person may change anything else. Instance admins: without a limit.",
  },
  RATE_SIGN_IN_PER_MINUTE: {
    schema: perMinute,
    fallback: "120",
    allowed: requestsPerMinute,
    about:
      "How many tokens and links that are not valid one address may send; as many demo sign-ins, counted apart. Valid ones are let in all the same. Behind a reverse proxy set `TRUST_PROXY`.",
  },
};

const recording = {
  RECORDER: {
    schema: z.enum(["whip", "passthrough", "egress"]),
    fallback: null,
    allowed: "whip, or with LiveKit passthrough or egress",
    about: "What turns a share into segments. Unset: `passthrough` with LiveKit, else `whip`. WHIP publishers are taken with all three.",
  },
  RECORDER_PROCESSES: {
    schema: wholeNumber(1, 64),
    fallback: "1",
    allowed: "a whole number from 1 to 64",
    about: "Recorder processes on this machine.",
  },
  BUFFER_MINUTES: {
    schema: wholeNumber(1, 120),
    fallback: "12",
    allowed: "a whole number from 1 to 120",
    about: "How far back the buffer is kept.",
  },
  CAPTURE_MAX_MINUTES: {
    schema: wholeNumber(1, 10),
    fallback: "10",
    allowed: "a whole number from 1 to 10, at most BUFFER_MINUTES",
    about: "The longest clip that can be captured.",
  },
  SEGMENT_SECONDS: {
    schema: wholeNumber(1, 10),
    fallback: null,
    allowed: "a whole number from 1 to 10",
    about: "Length of a segment. Unset: 2, with egress 10.",
  },
  GRACE_MINUTES: {
    schema: wholeNumber(0, 1440),
    fallback: "15",
    allowed: "a whole number from 0 to 1440",
    about: "How long the buffer of an ended session can still be captured.",
  },
  DEFAULT_MAX_CONCURRENT: {
    schema: wholeNumber(0, 10_000),
    fallback: "5",
    allowed: "a whole number from 0 to 10000",
    about: "Active sessions that a community may have at once.",
  },
};

const operations = {
  LOG_LEVEL: {
    schema: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]),
    fallback: "info",
    allowed: "fatal, error, warn, info, debug, trace or silent",
    about: "What is logged.",
  },
  METRICS_TOKEN: {
    schema: z.string().min(16),
    fallback: null,
    allowed: "a text of at least 16 characters",
    about: "Bearer token that `/metrics` asks for. Unset: open.",
    secret: true,
  },
  NODE_ENV: {
    schema: anyText,
    fallback: null,
    allowed: "production, or anything else",
    about: "`production` switches the demo off by default.",
  },
};

const livekit = {
  LIVEKIT_URL: {
    schema: livekitUrl,
    fallback: null,
    allowed: "a ws, wss, http or https address, for example wss://livekit.example.org",
    about: "The LiveKit server whose rooms are recorded. The three belong together: all or none.",
  },
  LIVEKIT_API_KEY: {
    schema: anyText,
    fallback: null,
    allowed: "the API key of the LiveKit server",
    about: "Key of its API.",
    secret: true,
  },
  LIVEKIT_API_SECRET: {
    schema: anyText,
    fallback: null,
    allowed: "the secret that belongs to LIVEKIT_API_KEY",
    about: "Secret of its API: signs tokens, and webhooks are checked with it.",
    secret: true,
  },
  LIVEKIT_PUBLIC_URL: {
    schema: livekitUrl,
    fallback: null,
    allowed: "a ws, wss, http or https address",
    about: "What browsers connect to. Unset: `LIVEKIT_URL`.",
  },
  EGRESS_OUTPUT_DIR: {
    schema: z.string().startsWith("/"),
    fallback: null,
    allowed: "an absolute path",
    about: "`FILE_UPLOAD_DEST` as LiveKit egress sees it (`RECORDER=egress`). Unset: the same path.",
  },
};

/** The variables in the order of the configuration page, by chapter. */
export const chapters = {
  Network: network,
  Storage: storage,
  "Sign-in and people": signIn,
  Recording: recording,
  LiveKit: livekit,
  "Rate limits": rates,
  Operations: operations,
} as const satisfies Record<string, Record<string, Variable<unknown>>>;

/** All variables by name. */
export const variables = { ...network, ...storage, ...signIn, ...recording, ...livekit, ...rates, ...operations };

/** The name of a variable. */
export type VariableName = keyof typeof variables;

/** The values of all variables; undefined where one is unset and has no default. */
export type Values = { [Name in VariableName]: z.output<(typeof variables)[Name]["schema"]> | undefined };
