/** Which addresses WebRTC binds to for a `HOST`. */
import { expect, it } from "vitest";
import { bindAddress } from "./network.js";

it.each([
  ["localhost", "127.0.0.1"],
  ["127.0.0.1", "127.0.0.1"],
  ["127.1.2.3", "127.1.2.3"],
  ["::1", "::1"],
  ["0.0.0.0", null],
  ["192.0.2.1", null],
  ["127.example.org", null],
])("HOST %s: %s", (host, address) => {
  expect(bindAddress(host)).toBe(address);
});
