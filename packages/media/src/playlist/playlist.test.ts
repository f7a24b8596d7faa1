/** Playlists: what is written is read back, windows slide by the rules, and no text can break the reader. */
import { micros, wallMs } from "@livekit-replay/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SyntheticSegment, syntheticRuns } from "../../test/synthetic.js";
import { MediaFormatError } from "../segment/error.js";
import { clipPlaylist, fullPlaylist, type ListedSegment, livePlaylist } from "./make.js";
import type { Playlist, PlaylistSegment } from "./model.js";
import { escapePath, isPlainPath } from "./path.js";
import { readPlaylist } from "./read.js";
import { writePlaylist } from "./write.js";

const listed = (segments: readonly SyntheticSegment[]): readonly ListedSegment[] =>
  segments.map(({ info }) => ({ info, path: `segment-${info.run}-${info.number}.m4s`, map: `init-${info.run}.mp4` }));

const anyPath = fc
  .array(fc.string({ unit: "binary", minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 3 })
  .map((names) => names.join("/"))
  .filter(isPlainPath);

const anySegment: fc.Arbitrary<PlaylistSegment> = fc.record({
  path: anyPath,
  duration: fc.nat(30_000_000).map(micros),
  map: anyPath,
  discontinuity: fc.boolean(),
  startWall: fc.option(fc.integer({ min: 0, max: 4_000_000_000_000 }).map(wallMs)),
});

const anyPlaylist: fc.Arbitrary<Playlist> = fc.record({
  kind: fc.constantFrom("live" as const, "event" as const, "vod" as const),
  targetSeconds: fc.integer({ min: 30, max: 100 }),
  mediaSequence: fc.nat(),
  discontinuitySequence: fc.nat(),
  start: fc.option(fc.nat(30_000_000).map(micros)),
  ended: fc.boolean(),
  segments: fc.array(anySegment, { maxLength: 10 }),
});

const rejected = (text: string): string => {
  try {
    readPlaylist(text);
  } catch (error) {
    if (error instanceof MediaFormatError) return error.code;
    throw error;
  }
  return "read";
};

describe("playlist text", () => {
  it("is read back as it was", () => {
    fc.assert(
      fc.property(anyPlaylist, (playlist) => {
        expect(readPlaylist(writePlaylist(playlist))).toEqual(playlist);
      }),
    );
  });

  it("is exactly this for a clip of two runs", () => {
    const segments = listed(syntheticRuns([2, 1], 5000));
    expect(writePlaylist(clipPlaylist(segments, micros(6_733_333)))).toBe(
      `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-START:TIME-OFFSET=1.733433,PRECISE=YES
#EXT-X-MAP:URI="init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-09-21T14:13:20.000Z
#EXTINF:2.000000,
segment-0-0.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-09-21T14:13:22.000Z
#EXTINF:2.000000,
segment-0-1.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="init-1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-09-21T14:13:29.000Z
#EXTINF:2.000000,
segment-1-0.m4s
#EXT-X-ENDLIST
`,
    );
  });

  it("escapes what a URI or a quoted value cannot hold", () => {
    expect(escapePath('a b/"#:?,%é.m4s')).toBe("a%20b/%22%23%3A%3F%2C%25%C3%A9.m4s");
    for (const path of ["", "/a", "a//b", "../a", "a/./b", "a\nb", "a\\b", "\ud800"]) expect(() => escapePath(path)).toThrow(TypeError);
  });

  it("says what it cannot write", () => {
    const playlist = fullPlaylist(listed(syntheticRuns([1], 0)), { ended: true });
    expect(() => writePlaylist({ ...playlist, targetSeconds: 1 })).toThrow(/targetSeconds/u);
    expect(() => writePlaylist({ ...playlist, mediaSequence: -1 })).toThrow(/mediaSequence/u);
    expect(() => writePlaylist({ ...playlist, start: micros(Number.NaN) })).toThrow(/start/u);
    expect(() =>
      writePlaylist({ ...playlist, segments: playlist.segments.map((segment) => ({ ...segment, startWall: wallMs(Number.NaN) })) }),
    ).toThrow(/startWall/u);
    expect(() =>
      writePlaylist({ ...playlist, segments: playlist.segments.flatMap((segment) => [segment, { ...segment, map: null }]) }),
    ).toThrow(/map/u);
  });
});

describe("reading", () => {
  it("takes a playlist of LiveKit egress, and tags it does not know", () => {
    const text =
      "#EXTM3U\r\n#EXT-X-VERSION:4\r\n#EXT-X-ALLOW-CACHE:NO\r\n#EXT-X-TARGETDURATION:10\r\n# a comment\r\n#EXT-X-NEW:1\r\n\r\n#EXT-X-PROGRAM-DATE-TIME:2026-09-21T14:13:20.5+02:00\r\n#EXTINF:9.983,title\r\nsegment_00000.ts\r\n#EXT-X-ENDLIST\r\n";
    expect(readPlaylist(text)).toMatchObject({
      kind: "live",
      targetSeconds: 10,
      ended: true,
      segments: [{ path: "segment_00000.ts", duration: 9_983_000, map: null, startWall: Date.UTC(2026, 8, 21, 12, 13, 20, 500) }],
    });
  });

  it.each([
    ["no playlist", "hello", "foreign"],
    ["a master playlist", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n", "foreign"],
    ["a byte range", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n#EXT-X-BYTERANGE:5@0\na.m4s\n", "foreign"],
    ["a segment without EXTINF", "#EXTM3U\n#EXT-X-TARGETDURATION:2\na.m4s\n", "malformed"],
    ["an end after EXTINF", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n", "truncated"],
    ["no target", "#EXTM3U\n#EXTINF:2,\na.m4s\n", "malformed"],
    ["a duration that is none", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:-2,\na.m4s\n", "malformed"],
    ["a path that climbs", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n../a.m4s\n", "foreign"],
    ["a path that climbs when unescaped", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n%2e%2e/a.m4s\n", "foreign"],
    ["a slash that is escaped", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na%2fb.m4s\n", "foreign"],
    ["another host", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://host/a.m4s\n", "foreign"],
    ["an escape that is none", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n%e9.m4s\n", "malformed"],
    ["attributes that are none", '#EXTM3U\n#EXT-X-MAP:URI="a\n', "malformed"],
  ])("refuses %s", (_, text, code) => {
    expect(rejected(text)).toBe(code);
  });

  it("throws nothing but its own error, whatever the text is", () => {
    const good = writePlaylist(clipPlaylist(listed(syntheticRuns([2, 1], 5000)), micros(6_733_333)));
    const broken = fc
      .array(fc.tuple(fc.nat(good.length), fc.nat(6), fc.string({ maxLength: 6 })), { minLength: 1, maxLength: 5 })
      .map((changes) => changes.reduce((text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length), good));
    fc.assert(
      fc.property(
        fc.oneof(
          broken,
          fc.string({ maxLength: 300 }).map((text) => `#EXTM3U\n${text}`),
        ),
        (text) => void rejected(text),
      ),
      { numRuns: 3000 },
    );
  });
});

describe("the live window", () => {
  it("numbers segments and discontinuities as if nothing had ever left it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 2, max: 5 }),
        fc.boolean(),
        (runs, size, reread) => {
          const all = listed(syntheticRuns(runs, 3000));
          const whole = fullPlaylist(all, { ended: true }).segments;
          let previous: Playlist | null = null;
          for (let end = 1; end <= all.length; end += 1) {
            const from = Math.max(0, end - size);
            const next: Playlist = livePlaylist(previous, all.slice(from, end), { ended: end === all.length });
            expect(next).toMatchObject({
              mediaSequence: from,
              discontinuitySequence: whole.slice(0, from).filter(({ discontinuity }) => discontinuity).length,
              targetSeconds: 2,
            });
            expect(next.segments).toEqual(whole.slice(from, end));
            previous = reread ? readPlaylist(writePlaylist(next)) : next;
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it("is a joint when nothing of it is left, and its target never falls", () => {
    const all = listed(syntheticRuns([2, 2], 3000));
    const long = livePlaylist(null, all.slice(0, 2), { ended: false });
    const next = livePlaylist({ ...long, targetSeconds: 9 }, all.slice(3), { ended: false });
    expect(next).toMatchObject({ mediaSequence: 2, targetSeconds: 9, segments: [{ discontinuity: true }] });
    expect(livePlaylist(next, [], { ended: true })).toMatchObject({
      mediaSequence: 3,
      discontinuitySequence: 1,
      segments: [],
      ended: true,
    });
  });

  it("follows the longest segment", () => {
    const [first] = listed(syntheticRuns([1], 0));
    if (!first) throw new Error("no segment");
    const longer = {
      ...first,
      path: "b.m4s",
      info: { ...first.info, startPts: first.info.endPts, endPts: micros(first.info.endPts + 10_000_001) },
    };
    expect(livePlaylist(null, [first, longer], { ended: false }).targetSeconds).toBe(11);
  });

  it("marks a joint where a segment of a run is missing", () => {
    const [first, , third] = listed(syntheticRuns([3], 0));
    if (!first || !third) throw new Error("no segments");
    expect(fullPlaylist([first, third], { ended: false })).toMatchObject({
      kind: "event",
      segments: [{ discontinuity: false }, { discontinuity: true }],
    });
  });
});
