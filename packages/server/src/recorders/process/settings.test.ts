/** What crosses from the server's environment into a recorder process, and what does not. */
import { describe, expect, it } from "vitest";
import { type ProcessSettings, takeSettings, writeEnvironment } from "./settings.js";

const settings: ProcessSettings = {
  recorderId: "abc",
  serverUrl: "ws://127.0.0.1:4000/",
  root: "/data",
  host: "127.0.0.1",
  udpPort: null,
  publicIp: null,
  iceServers: ["stun:stun.example.org:3478"],
  segmentMs: 2_000,
  livekit: { url: "ws://127.0.0.1:7880", apiKey: "key", apiSecret: "the-secret-of-livekit" },
  timings: {
    connectMs: 15_000,
    silentMs: 2_000,
    goneMs: 60_000,
    stopLimitMs: 5_000,
    joinMs: 5_000,
    republishMs: 2_000,
    returnMs: 30_000,
    stalledMs: 20_000,
  },
};

describe("the environment of a recorder process", () => {
  it("holds its settings and its own secret, and none of the server's", () => {
    const environment = writeEnvironment(settings, "s3cret", {
      PATH: "/bin",
      JWT_SECRET: "no",
      LIVEKIT_API_SECRET: "no",
      NODE_OPTIONS: "--inspect",
    });
    expect(Object.keys(environment).toSorted((left, right) => left.localeCompare(right))).toEqual([
      "PATH",
      "RECORDER_SECRET",
      "RECORDER_SETTINGS",
    ]);
    expect(takeSettings(environment)).toEqual({ settings, secret: "s3cret" });
    expect(environment).toEqual({ PATH: "/bin" });
  });

  it.each([
    ["nothing", {}],
    ["no secret", { RECORDER_SETTINGS: "{}" }],
    ["settings that are wrong", { RECORDER_SECRET: "x", RECORDER_SETTINGS: JSON.stringify({ ...settings, udpPort: 0 }) }],
    [
      "an address that is none",
      { RECORDER_SECRET: "x", RECORDER_SETTINGS: JSON.stringify({ ...settings, serverUrl: "http://127.0.0.1/" }) },
    ],
  ])("is refused when it holds %s", (_name, environment) => {
    expect(() => takeSettings(environment)).toThrow();
  });
});
