/** Trickled candidates: the fragments of browsers, and what is none. */
import { ReplayError } from "@livekit-replay/contract";
import { describe, expect, it } from "vitest";
import { readFragment } from "./fragment.js";

const fragment = (...lines: string[]): string => `${lines.join("\r\n")}\r\n`;

describe("a fragment", () => {
  it("brings candidates with an address, and counts the others", () => {
    const text = fragment(
      "a=ice-ufrag:EsAw",
      `a=ice-pwd:${"x".repeat(24)}`,
      "m=audio 9 UDP/TLS/RTP/SAVPF 111",
      "a=mid:0",
      "a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1",
      "a=candidate:3471623853 1 udp 2122194687 198.51.100.2 61765 typ host",
      "a=candidate:1 1 udp 2122194687 f00d.local 61765 typ host",
      "a=candidate:473322822 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active",
      "a=end-of-candidates",
    );
    expect(readFragment(text)).toEqual({
      ufrag: "EsAw",
      candidates: [
        "candidate:1387637174 1 UDP 2122260223 192.0.2.1 61764 typ host",
        "candidate:3471623853 1 UDP 2122194687 198.51.100.2 61765 typ host",
      ],
      ignored: 2,
    });
  });

  it("may say only that there are no more", () => {
    expect(readFragment(fragment("a=ice-ufrag:EsAw", "m=audio 9 RTP/AVP 0", "a=mid:0", "a=end-of-candidates"))).toEqual({
      ufrag: "EsAw",
      candidates: [],
      ignored: 0,
    });
  });

  it("holds a bounded number of candidates", () => {
    const many = Array.from({ length: 200 }, (_unused, index) => `a=candidate:1 1 udp 1 192.0.2.1 ${index + 1000} typ host`);
    expect(readFragment(fragment(...many)).candidates).toHaveLength(64);
  });

  it.each([
    ["a whole description", fragment("v=0", "o=- 1 1 IN IP4 127.0.0.1")],
    ["JSON", '{"candidate":""}'],
    ["a malformed media line", fragment("m=audio")],
  ])("is not %s", (_name, text) => {
    expect(() => readFragment(text)).toThrow(ReplayError);
  });
});
