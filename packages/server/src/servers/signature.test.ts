/** What one server says to another is believed once it is proven, by the one that it was said to, about the request that it was said of. */
import { describe, expect, test } from "vitest";
import { ServerSigner, type SignedRequest } from "./signature.js";

const secret = "a secret that all servers on a database share";
const signer = new ServerSigner(secret);
const request: SignedRequest = { method: "POST", url: "/livekit-replay/capture?a=1", authorization: "Bearer token", body: "" };
const passed = { arrivedAtMs: 1_764_000_000_000, base: "https://replay.example" };
const header = signer.sign({ from: "one", to: "two", passed }, request);

test("is believed by who it was said to", () => {
  expect(new ServerSigner(secret).verify(header, "two", request)).toMatchObject({ from: "one", to: "two", passed });
});

describe("is refused", () => {
  test("by any other server", () => {
    expect(() => signer.verify(header, "three", request)).toThrow("another server");
  });

  test("when it is signed with another secret", () => {
    const other = new ServerSigner("a secret that nobody else has, and long enough").sign({ from: "one", to: "two" }, request);
    expect(() => signer.verify(other, "two", request)).toThrow("one secret");
  });

  test.each<[string, Partial<SignedRequest>]>([
    ["method", { method: "DELETE" }],
    ["address", { url: "/livekit-replay/capture?a=2" }],
    ["person", { authorization: "Bearer other" }],
    ["person, when there was one", { authorization: undefined }],
    ["body", { body: "{}" }],
  ])("for another %s", (_what, change) => {
    expect(() => signer.verify(header, "two", { ...request, ...change })).toThrow("one secret");
  });

  test.each(["", "v1", "v1..", `v2${header.slice(2)}`, `${header}A`, header.slice(0, -1), header.replace("v1.", "v1.A"), "x".repeat(9000)])(
    "when it is %j",
    (text) => {
      expect(() => signer.verify(text, "two", request)).toThrow("not valid");
    },
  );
});
