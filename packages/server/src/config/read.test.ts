/** Every variable is read strictly, defaults are filled in, and what is wrong is named in words. */
import { describe, expect, test } from "vitest";
import { ConfigError, readConfig, withEnvFile } from "./read.js";

const read = (env: Record<string, string>) => readConfig(env, "/srv/replay");
const refusal = (env: Record<string, string>): string => {
  try {
    read(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "accepted";
};

describe("defaults", () => {
  test("nothing needs to be set", () => {
    expect(read({})).toMatchObject({
      port: 3000,
      host: "127.0.0.1",
      loopback: true,
      publicUrl: null,
      storageRoot: "/srv/replay/data",
      database: { kind: "sqlite", file: "/srv/replay/data/catalog.db" },
      dataFolder: "/srv/replay/data",
      quotaBytes: 5e9,
      minFreeBytes: 2e9,
      demo: true,
      demoAsked: false,
      recorderProcesses: 1,
      buffer: { window: 720_000, captureMax: 600_000, segment: 2000, grace: 900_000 },
      maxConcurrent: 5,
      logLevel: "info",
      metricsToken: null,
    });
  });

  test("an empty value is an unset one", () => {
    expect(read({ PORT: "", JWT_SECRET: "" }).port).toBe(3000);
  });

  test.each([
    [{}, true],
    [{ NODE_ENV: "production" }, false],
    [{ HOST: "0.0.0.0" }, false],
    [{ HOST: "::1" }, true],
    [{ HOST: "0.0.0.0", DEMO: "on" }, true],
    [{ NODE_ENV: "production", DEMO: "on" }, true],
    [{ DEMO: "off" }, false],
    [{ PUBLIC_URL: "http://localhost:8080" }, true],
    [{ PUBLIC_URL: "https://replay.example.org" }, false],
    [{ TRUST_PROXY: "loopback" }, false],
    [{ PUBLIC_URL: "https://replay.example.org", TRUST_PROXY: "loopback", DEMO: "on" }, true],
  ])("the demo with %j: %s", (env, demo) => {
    expect(read(env as Record<string, string>).demo).toBe(demo);
  });
});

describe("values", () => {
  test("limits by the minute, and off", () => {
    expect(read({}).rates).toEqual({ start: 30, capture: 30, share: 30, write: 300, signIn: 120 });
    expect(read({ RATE_CAPTURE_PER_MINUTE: "7", RATE_WRITE_PER_MINUTE: "off", RATE_SHARE_PER_MINUTE: "0" }).rates).toMatchObject({
      capture: 7,
      write: 0,
      share: 0,
    });
    expect(refusal({ RATE_START_PER_MINUTE: "many" })).toBe(
      'RATE_START_PER_MINUTE is "many"; allowed is a number of requests from 1 to 100000, or off.',
    );
  });

  test("reverse proxies are named by their networks, never by how many they are", () => {
    expect(read({}).trustProxy).toEqual([]);
    expect(read({ TRUST_PROXY: "10.0.0.0/8, loopback,2001:db8::/32, 192.0.2.1" }).trustProxy).toEqual([
      "10.0.0.0/8",
      "loopback",
      "2001:db8::/32",
      "192.0.2.1",
    ]);
    for (const wrong of ["1", "true", "proxy.example.org", "10.0.0.0/33", "2001:db8::/129", "10.0.0/8"])
      expect(refusal({ TRUST_PROXY: wrong })).toContain(`TRUST_PROXY is "${wrong}"`);
  });

  test.each([
    ["0", 0],
    ["1500", 1500],
    ["5 GB", 5e9],
    ["1.5GB", 1.5e9],
    ["20 mb", 20e6],
    ["3 kB", 3000],
  ])("%s bytes", (text, bytes) => {
    expect(read({ DEFAULT_QUOTA_BYTES: text }).quotaBytes).toBe(bytes);
  });

  test("lists and addresses", () => {
    const config = read({
      CORS_ORIGINS: "https://a.example, http://localhost:5173",
      EMBED_ORIGINS: "https://chat.example",
      PUBLIC_URL: "https://replay.example.org/",
      ICE_SERVERS: "stun:stun.example.org:3478",
    });
    expect(config.corsOrigins).toEqual(["https://a.example", "http://localhost:5173"]);
    expect(config.embedOrigins).toEqual(["https://chat.example"]);
    expect(config.publicUrl).toBe("https://replay.example.org");
    expect(config.rtc.iceServers).toEqual(["stun:stun.example.org:3478"]);
  });

  test("the catalogue's file decides where the secret lies", () => {
    expect(read({ DATABASE_URL: "sqlite:/var/lib/replay/c.db" })).toMatchObject({
      database: { kind: "sqlite", file: "/var/lib/replay/c.db" },
      dataFolder: "/var/lib/replay",
    });
    expect(read({ DATABASE_URL: "sqlite:///var/lib/c.db" }).database).toEqual({ kind: "sqlite", file: "/var/lib/c.db" });
  });
});

describe("MongoDB", () => {
  test("keeps the catalogue; the secret lies where all servers look", () => {
    for (const url of ["mongodb://user:hunter2@a.example:27017,b.example/replay?replicaSet=rs0", "mongodb+srv://db.example.org"])
      expect(read({ DATABASE_URL: url })).toMatchObject({ database: { kind: "mongodb", url }, dataFolder: "/srv/replay/data" });
  });

  test("an address that is wrong is not shown", () => {
    const sentence = refusal({ DATABASE_URL: "mongo://user:hunter2@a.example/replay" });
    expect(sentence).toMatch(/DATABASE_URL.*sqlite:.*mongodb:/);
    expect(sentence).not.toContain("hunter2");
  });
});

describe("refusals name the variable, the value and what is allowed", () => {
  test.each([
    ["PORT", "http", "0 (any free port) to 65535"],
    ["PORT", "65536", "65535"],
    ["PORT", "-1", "65535"],
    ["PORT", "3e3", "65535"],
    ["BUFFER_MINUTES", "1.5", "1 to 120"],
    ["LOG_LEVEL", "loud", "fatal, error, warn"],
    ["DEMO", "maybe", "on or off"],
    ["RECORDER", "passthrough", "whip"],
    ["RECORDER", "egress", "whip"],
    ["DIRECTORY", "ldap", "builtin or host"],
    ["LIVEKIT_URL", "livekit.example.org", "wss"],
    ["LIVEKIT_URL", "wss://key:secret@livekit.example.org", "wss"],
    ["LIVEKIT_PUBLIC_URL", "ftp://livekit.example.org", "wss"],
    ["EGRESS_OUTPUT_DIR", "out", "absolute path"],
    ["HOST_URL", "chat.example.org", "http"],
    ["PUBLIC_URL", "replay.example.org", "http"],
    ["CORS_ORIGINS", "example.org", "origins"],
    ["EMBED_ORIGINS", "*", "origins"],
    ["EMBED_ORIGINS", "https://chat.example/replay", "origins"],
    ["DEFAULT_QUOTA_BYTES", "five", "GB = 1e9"],
    ["RTC_PUBLIC_IP", "replay.example.org", "IPv4"],
  ])("%s=%s", (name, value, allowed) => {
    const sentence = refusal({ [name]: value });
    expect(sentence).toContain(name);
    expect(sentence).toContain(JSON.stringify(value));
    expect(sentence).toContain(allowed);
  });

  test("a secret is not shown", () => {
    const sentence = refusal({ JWT_SECRET: "hunter2" });
    expect(sentence).toContain("JWT_SECRET");
    expect(sentence).toContain("32 characters");
    expect(sentence).not.toContain("hunter2");
  });

  test("all of them at once", () => {
    expect(refusal({ PORT: "x", LOG_LEVEL: "y" }).split("\n")).toHaveLength(2);
  });

  test("a capture cannot be longer than the buffer", () => {
    expect(refusal({ BUFFER_MINUTES: "5" })).toMatch(/CAPTURE_MAX_MINUTES is "10".*BUFFER_MINUTES is "5"/);
    expect(read({ BUFFER_MINUTES: "5", CAPTURE_MAX_MINUTES: "5" }).buffer.window).toBe(300_000);
  });
});

describe("LiveKit", () => {
  const three = { LIVEKIT_URL: "https://livekit.example.org/", LIVEKIT_API_KEY: "key", LIVEKIT_API_SECRET: "hunter2" };

  test("with its three variables, shares of its rooms are recorded by passthrough; browsers go to the same address", () => {
    const url = "wss://livekit.example.org";
    expect(read(three)).toMatchObject({ recorder: "passthrough", livekit: { url, publicUrl: url, apiKey: "key", apiSecret: "hunter2" } });
    expect(read({ ...three, LIVEKIT_PUBLIC_URL: "ws://10.0.0.1:7880" }).livekit?.publicUrl).toBe("ws://10.0.0.1:7880");
    expect(read({})).toMatchObject({ recorder: "whip", livekit: null });
  });

  test("by egress the segments are longer, in the folder as egress sees it", () => {
    const config = read({ ...three, RECORDER: "egress", EGRESS_OUTPUT_DIR: "/out" });
    expect(config).toMatchObject({ recorder: "egress", egressOutputDir: "/out" });
    expect(config.buffer.segment).toBe(10_000);
    expect(read({ ...three, RECORDER: "egress" }).egressOutputDir).toBe(config.storageRoot);
  });

  test("what is missing of the three is named, beside whatever else is wrong", () => {
    const sentences = refusal({ PORT: "x", LIVEKIT_API_SECRET: "hunter2" }).split("\n");
    expect(sentences.map((sentence) => sentence.split(" ")[0])).toEqual(["PORT", "LIVEKIT_URL", "LIVEKIT_API_KEY"]);
    expect(sentences.join("\n")).not.toContain("hunter2");
    expect(refusal({ ...three, LIVEKIT_URL: "livekit" }).split("\n")).toHaveLength(1);
  });
});

describe("the host application's directory", () => {
  const secret = "0123456789abcdef0123456789abcdef";
  const host = { DIRECTORY: "host", HOST_URL: "https://chat.example.org/replay/", HOST_SECRET: secret, JWT_SECRET: secret };

  test("is asked where its address says, and there is no demo", () => {
    expect(read(host)).toMatchObject({ directoryHost: { url: "https://chat.example.org/replay", secret }, demo: false });
    expect(read({}).directoryHost).toBeNull();
    expect(refusal({ ...host, DEMO: "on" })).toContain("DEMO is on; allowed is off");
  });

  test("needs its address, its secret, and tokens that somebody can make", () => {
    const named = (env: Record<string, string>) =>
      refusal(env)
        .split("\n")
        .map((sentence) => sentence.split(" ")[0]);
    expect(named({ DIRECTORY: "host" })).toEqual(["HOST_URL", "HOST_SECRET", "JWT_SECRET"]);
    expect(named({ ...host, HOST_SECRET: "" })).toEqual(["HOST_SECRET"]);
    expect(named({ ...host, JWT_SECRET: "", JWKS_URL: "https://chat.example.org/keys" })).toEqual(["accepted"]);
  });

  test("is not half configured: without DIRECTORY=host its variables are refused, and its secret is not shown", () => {
    expect(refusal({ HOST_URL: host.HOST_URL })).toContain("unless DIRECTORY is host");
    const sentence = refusal({ ...host, HOST_SECRET: "hunter2" });
    expect(sentence).toContain("32 characters");
    expect(sentence).not.toContain("hunter2");
  });
});

test("a missing .env adds nothing", () => {
  expect(withEnvFile({ PORT: "1" }, "/nonexistent/.env")).toEqual({ PORT: "1" });
});
