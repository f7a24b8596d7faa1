/** Which tracks of a person are recorded. */
import { describe, expect, it } from "vitest";
import { chooseTracks, refusalOf, requestedTracks } from "./choose.js";
import type { ScreenTrack } from "./presence.js";

const track = (sid: string, more: Partial<ScreenTrack> = {}): ScreenTrack => ({
  sid,
  kind: "video",
  muted: false,
  encrypted: false,
  codecs: ["H264"],
  changedAt: 1,
  ...more,
});
const sound = (sid: string, more: Partial<ScreenTrack> = {}): ScreenTrack => track(sid, { kind: "audio", codecs: ["opus"], ...more });
const anything = { videoTrackId: null, audioTrackId: null };

describe("the tracks of a share", () => {
  it("are the newest ones when none are named", () => {
    const tracks = [track("old"), track("new", { changedAt: 3 }), sound("s1"), sound("s2", { changedAt: 2 })];
    expect(chooseTracks(tracks, anything)).toMatchObject({ video: { sid: "new" }, audio: { sid: "s2" } });
  });

  it("are the named ones while they are there, then the newest", () => {
    const wanted = { videoTrackId: "old", audioTrackId: null };
    expect(chooseTracks([track("old"), track("new", { changedAt: 3 })], wanted)?.video.sid).toBe("old");
    expect(chooseTracks([track("new", { changedAt: 3 })], wanted)?.video.sid).toBe("new");
  });

  it("are none without a picture", () => {
    expect(chooseTracks([sound("s")], anything)).toBeNull();
  });

  it("are without a sound that cannot be kept; RED can", () => {
    expect(chooseTracks([track("v"), sound("s", { codecs: ["PCMU"] })], anything)?.audio).toBeNull();
    expect(chooseTracks([track("v"), sound("s", { codecs: ["red"] })], anything)?.audio?.sid).toBe("s");
  });

  it("must be there when a request names them", () => {
    expect(requestedTracks([track("v"), sound("s")], { videoTrackId: "other", audioTrackId: null })).toBeNull();
    expect(requestedTracks([track("v"), sound("s")], { videoTrackId: "s", audioTrackId: null })).toBeNull();
    expect(requestedTracks([track("v"), sound("s")], { videoTrackId: "v", audioTrackId: "v" })).toBeNull();
    expect(requestedTracks([track("v"), sound("s")], { videoTrackId: "v", audioTrackId: "s" })).toMatchObject({ audio: { sid: "s" } });
  });
});

describe("a share that cannot be recorded", () => {
  it("is encrypted, in picture or sound", () => {
    expect(refusalOf({ video: track("v", { encrypted: true }), audio: null })?.code).toBe("encrypted_room");
    expect(refusalOf({ video: track("v"), audio: sound("s", { encrypted: true }) })?.code).toBe("encrypted_room");
  });

  it("has no codec that can be kept; one of several is enough, and so is none that is told", () => {
    expect(refusalOf({ video: track("v", { codecs: ["H265"] }), audio: null })?.code).toBe("unsupported_codec");
    expect(refusalOf({ video: track("v", { codecs: ["H265", "VP8"] }), audio: null })).toBeNull();
    expect(refusalOf({ video: track("v", { codecs: [] }), audio: null })).toBeNull();
  });
});
