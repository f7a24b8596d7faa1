/** File names: one strict pattern each. */
import { wallMs } from "@livekit-replay/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  clipKey,
  egressFullName,
  egressLiveName,
  initName,
  isClipKey,
  parseBufferFile,
  parseClipFile,
  segmentName,
  tailName,
  transportName,
} from "./names.js";

describe("names in a session's folder", () => {
  it("are read back", () => {
    fc.assert(
      fc.property(fc.nat(999_999_999), fc.nat(999_999_999), (run, number) => {
        expect(parseBufferFile(segmentName(run, number))).toEqual({ kind: "segment", run, number, container: "cmaf" });
        expect(parseBufferFile(transportName(run, number))).toEqual({ kind: "segment", run, number, container: "ts" });
        expect(parseBufferFile(egressFullName(run))).toEqual({ kind: "egress-playlist", run });
        expect(parseBufferFile(egressLiveName(run))).toEqual({ kind: "egress-playlist", run });
        expect(parseBufferFile(initName(run))).toEqual({ kind: "init", run });
      }),
    );
    expect(parseBufferFile(tailName("abcdefghijklmnop"))).toEqual({ kind: "tail", captureId: "abcdefghijklmnop" });
    expect(parseBufferFile("live.m3u8").kind).toBe("playlist");
  });

  it("are foreign when they are only almost right", () => {
    const wrong = [
      "segment-00-1.m4s",
      "segment-1-01.m4s",
      "segment--1-1.m4s",
      "segment-1-1.m4s ",
      "Segment-1-1.m4s",
      "segment-1-1.mp4",
      "init-1.m4s",
      "init-1e3.mp4",
      "segment-9999999999-1.m4s",
      "tail-x.m4s",
      "tail-../../etc.m4s",
      "",
      "..",
      "live.m3u",
      "clip.m3u8",
      "tail.m4s",
      "segment-1-1.m4s\n",
      "segment_1.ts",
      "segment_000001.ts",
      "segment-0_00001.ts",
      "segment-1_0000a.ts",
      "segment_00001.ts.part",
      "egress-full-0.m3u8",
      "egress-vod.m3u8",
      "EG_34xmRaoTjK8o.json",
    ];
    for (const name of wrong) expect(parseBufferFile(name).kind, name).toBe("foreign");
    expect(parseBufferFile("segment-1-1.m4s.tmp").kind).toBe("tmp");
  });
});

describe("names of clips", () => {
  it("carry UTC with milliseconds, and a suffix when taken", () => {
    expect(clipKey(wallMs(Date.UTC(2026, 10, 24, 14, 3, 45, 839)), 1)).toBe("2026-11-24T14-03-45-839Z");
    expect(clipKey(wallMs(Date.UTC(2026, 10, 24, 14, 3, 45, 839)), 2)).toBe("2026-11-24T14-03-45-839Z-2");
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_000_000_000_000 }),
        fc.integer({ min: 1, max: 999 }),
        (at, turn) => void expect(isClipKey(clipKey(wallMs(at), turn))).toBe(true),
      ),
    );
  });

  it("are read back, and everything else is foreign", () => {
    const key = "2026-11-24T14-03-45-839Z-2";
    expect(parseClipFile(`${key}.mp4`)).toEqual({ kind: "mp4", key });
    expect(parseClipFile(`${key}.jpg`)).toEqual({ kind: "poster", key });
    expect(parseClipFile(`${key}.pins`)).toEqual({ kind: "pins", key });
    expect(parseClipFile(`${key}.pins.tmp`)).toEqual({ kind: "tmp", key });
    expect(parseClipFile("other.tmp")).toEqual({ kind: "tmp", key: null });
    for (const name of [
      "2026-11-24.mp4",
      `${key}.mp4.bak`,
      `${key}-1.mp4x`,
      "2026-11-24T14-03-45-839Z-1.mp4",
      "2026-11-24T14-03-45-839Z-02.mp4",
      `../${key}.mp4`,
      ".mp4",
    ])
      expect(parseClipFile(name).kind, name).toBe("foreign");
  });
});
