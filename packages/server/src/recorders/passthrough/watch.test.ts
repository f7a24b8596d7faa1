/** What is said of a share as time passes. */
import { wallMs } from "@livekit-replay/contract";
import { describe, expect, it } from "vitest";
import { Watch } from "./watch.js";

const timings = { silentMs: 2_000, republishMs: 2_000, returnMs: 30_000, stalledMs: 20_000 };
const at = wallMs;
const started = (): Watch => {
  const watch = new Watch(timings, at(0));
  watch.present(at(0));
  return watch;
};
const state = (watch: Watch, now: number): string | null => watch.state(at(now)).state;

describe("a share", () => {
  it("flows with its first packet, and is silent after two seconds without any", () => {
    const watch = started();
    expect(state(watch, 1_000)).toBeNull();
    watch.packet("audio", at(1_000));
    expect(state(watch, 1_000)).toBe("flowing");
    expect(state(watch, 3_001)).toBe("silent");
    watch.packet("video", at(4_000));
    expect(state(watch, 4_000)).toBe("flowing");
  });

  it("is muted however long nothing comes, and then has two seconds again", () => {
    const watch = started();
    watch.packet("video", at(10));
    watch.mute(true, at(20));
    expect(state(watch, 60_000)).toBe("muted");
    expect(watch.isStalled(at(60_000))).toBe(false);
    watch.mute(false, at(60_000));
    expect(state(watch, 61_000)).toBeNull();
    expect(state(watch, 62_001)).toBe("silent");
  });

  it("that is gone may come back for two seconds", () => {
    const watch = started();
    watch.absent(at(1_000));
    watch.absent(at(2_000));
    expect(state(watch, 3_000)).toBeNull();
    expect(state(watch, 3_001)).toBe("ended");
  });

  it("has half a minute to come back once a lost room is joined again", () => {
    const watch = started();
    watch.lost(at(1_000));
    expect(state(watch, 600_000)).toBeNull();
    watch.joined(at(600_000));
    watch.absent(at(600_000));
    expect(state(watch, 630_000)).toBeNull();
    expect(state(watch, 630_001)).toBe("ended");
  });

  it("is never over while the room cannot be reached, whatever was seen before", () => {
    const watch = started();
    watch.absent(at(1_000));
    watch.lost(at(1_500));
    expect(state(watch, 900_000)).toBeNull();
  });

  it("of which nothing ever came is asked for again with growing patience", () => {
    const watch = started();
    watch.packet("audio", at(5));
    expect(watch.isStalled(at(20_000))).toBe(false);
    expect(watch.isStalled(at(20_001))).toBe(true);
    expect(watch.resubscribed(at(20_001))).toBe(1);
    expect(watch.isStalled(at(60_001))).toBe(false);
    expect(watch.isStalled(at(60_002))).toBe(true);
    watch.packet("video", at(60_003));
    expect(watch.isStalled(at(999_999))).toBe(false);
  });

  it("begins with its first picture, and anew when it was muted: so long no keyframe is asked for", () => {
    const watch = started();
    watch.packet("audio", at(10));
    expect(watch.sincePicture(at(500))).toBe(0);
    watch.packet("video", at(600));
    watch.packet("video", at(700));
    expect(watch.sincePicture(at(1_600))).toBe(1_000);
    watch.mute(true, at(2_000));
    expect(watch.sincePicture(at(3_000))).toBe(0);
    watch.mute(false, at(4_000));
    watch.packet("video", at(5_000));
    expect(watch.sincePicture(at(5_100))).toBe(100);
  });

  it("that LiveKit refuses says why it is silent", () => {
    const watch = started();
    watch.refusal = "No";
    expect(watch.state(at(3_000))).toEqual({ state: "silent", reason: "No" });
  });
});
