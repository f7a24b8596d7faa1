/** What updates of a room say of people's screens, also when they come late or twice. */
import {
  Encryption_Type,
  ParticipantInfo,
  ParticipantInfo_State,
  TimedVersion,
  TrackInfo,
  TrackSource,
  TrackType,
} from "@livekit/protocol";
import { describe, expect, it } from "vitest";
import { Presence } from "./presence.js";

const screen = (sid: string, more: ConstructorParameters<typeof TrackInfo>[0] = {}): TrackInfo =>
  new TrackInfo({ sid, type: TrackType.VIDEO, source: TrackSource.SCREEN_SHARE, mimeType: "video/h264", ...more });
const person = (sid: string, version: number, tracks: TrackInfo[], state = ParticipantInfo_State.ACTIVE): ParticipantInfo =>
  new ParticipantInfo({ sid, identity: "anna", version, tracks, state });
const sids = (presence: Presence): string[] => presence.tracksOf("anna").map(({ sid }) => sid);

describe("a room's people", () => {
  it("have the screens that they share, and no cameras", () => {
    const presence = new Presence();
    const version = new TimedVersion({ unixMicro: 5n });
    presence.update([
      person("PA_1", 1, [
        screen("TR_v", { muted: true, encryption: Encryption_Type.GCM, version }),
        new TrackInfo({ sid: "TR_s", type: TrackType.AUDIO, source: TrackSource.SCREEN_SHARE_AUDIO, mimeType: "audio/red" }),
        screen("TR_c", { source: TrackSource.CAMERA }),
        new TrackInfo({ sid: "TR_m", type: TrackType.AUDIO, source: TrackSource.MICROPHONE }),
      ]),
    ]);
    expect(presence.tracksOf("anna")).toEqual([
      { sid: "TR_v", kind: "video", muted: true, encrypted: true, codecs: ["h264"], changedAt: 5 },
      { sid: "TR_s", kind: "audio", muted: false, encrypted: false, codecs: ["red"], changedAt: 0 },
    ]);
    expect(presence.tracksOf("bert")).toEqual([]);
  });

  it("are not changed by stale news", () => {
    const presence = new Presence();
    presence.update([person("PA_1", 3, [screen("TR_new")])]);
    presence.update([person("PA_1", 2, [screen("TR_old")])]);
    expect(sids(presence)).toEqual(["TR_new"]);
  });

  it("go, and the goodbye of an earlier stay says nothing of the present one", () => {
    const presence = new Presence();
    presence.update([person("PA_1", 9, [screen("TR_1")])]);
    presence.update([person("PA_2", 1, [screen("TR_2")])]);
    presence.update([person("PA_1", 10, [], ParticipantInfo_State.DISCONNECTED)]);
    expect(sids(presence)).toEqual(["TR_2"]);
    presence.update([person("PA_2", 2, [], ParticipantInfo_State.DISCONNECTED)]);
    expect(sids(presence)).toEqual([]);
  });
});
