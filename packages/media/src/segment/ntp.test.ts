/** NTP time of `prft`. */
import { wallMs } from "@livekit-replay/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromNtp, toNtp } from "./ntp.js";

describe("NTP time", () => {
  it("is that of RFC 5905 for a known instant", () => {
    expect(toNtp(wallMs(0))).toEqual({ seconds: 2_208_988_800, fraction: 0 });
    expect(toNtp(wallMs(1500))).toEqual({ seconds: 2_208_988_801, fraction: 2 ** 31 });
  });

  it("comes back to the µs, before and after the wrap of 2036", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000_000 }), (micros) => {
        const { seconds, fraction } = toNtp(wallMs(micros / 1000));
        expect(seconds).toBeLessThan(2 ** 32);
        expect(fraction).toBeLessThan(2 ** 32);
        expect(Math.round(fromNtp({ seconds, fraction }) * 1000)).toBe(micros);
      }),
    );
  });
});
