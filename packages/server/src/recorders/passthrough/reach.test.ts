/** Where LiveKit's media is looked for, and which servers are too old. */
import { ICEServer } from "@livekit/protocol";
import { describe, expect, it } from "vitest";
import { subscriberConfig, usableServers } from "./reach.js";
import { checkVersion } from "./version.js";

describe("ICE servers of LiveKit", () => {
  it("are used over UDP; the others and malformed ones are left out", () => {
    const urls = [
      "stun:stun.example.org",
      "turn:turn.example.org:3479?transport=udp",
      "turn:turn.example.org:443?transport=tcp",
      "turns:turn.example.org:443",
      "stun:bad host",
      "turn:[::1]:99999",
    ];
    expect(usableServers([new ICEServer({ urls, username: "u", credential: "c" })])).toEqual([
      "stun:stun.example.org:3478",
      { hostname: "turn.example.org", port: 3479, username: "u", password: "c", relayType: "TurnUdp" },
    ]);
  });
});

describe("the way to LiveKit", () => {
  const servers = [new ICEServer({ urls: ["stun:stun.example.org:3478"] })];

  it("stays on the loopback when both ends are on this machine", () => {
    expect(subscriberConfig("127.0.0.1", "ws://localhost:7880", servers)).toMatchObject({ bindAddress: "127.0.0.1", iceServers: [] });
  });

  it.each([
    ["127.0.0.1", "wss://livekit.example.org"],
    ["0.0.0.0", "ws://127.0.0.1:7880"],
  ])("is open from %s to %s", (host, url) => {
    const config = subscriberConfig(host, url, servers);
    expect(config).not.toHaveProperty("bindAddress");
    expect(config.iceServers).toEqual(["stun:stun.example.org:3478"]);
  });
});

describe("the version of a server", () => {
  it.each(["1.2.0", "v1.13.5", "2.0.0", "", "main"])("%j passes", (version) => {
    expect(() => checkVersion(version)).not.toThrow();
  });

  it.each(["1.1.9", "0.15.0"])("%j is too old", (version) => {
    expect(() => checkVersion(version)).toThrow(/LiveKit server \d+\.\d+ is too old: 1\.2 or newer is needed/);
  });
});
