/** Which share is meant among the participants of a room, and which ones no recorder can keep. */
import { Encryption_Type, ParticipantInfo, TimedVersion, TrackInfo, TrackSource, TrackType } from "@livekit/protocol";
import { describe, expect, test } from "vitest";
import { refusalOf, type Share, sharesAmong } from "./share.js";

const track = (sid: string, source: TrackSource, more: Partial<TrackInfo> & { at?: number } = {}): TrackInfo => {
  const sound = source === TrackSource.SCREEN_SHARE_AUDIO || source === TrackSource.MICROPHONE;
  const { at = 0, ...rest } = more;
  return new TrackInfo({
    sid,
    source,
    type: sound ? TrackType.AUDIO : TrackType.VIDEO,
    mimeType: sound ? "audio/opus" : "video/H264",
    version: new TimedVersion({ unixMicro: BigInt(at) }),
    ...rest,
  });
};
const person = (identity: string, ...tracks: TrackInfo[]): ParticipantInfo => new ParticipantInfo({ identity, tracks });

const room = [
  person("bob", track("TR_old", TrackSource.SCREEN_SHARE, { at: 1 }), track("TR_sound", TrackSource.SCREEN_SHARE_AUDIO)),
  person("bob#phone", track("TR_new", TrackSource.SCREEN_SHARE, { at: 9 })),
  person("carol", track("TR_camera", TrackSource.CAMERA), track("TR_voice", TrackSource.MICROPHONE)),
  person("dave"),
];

describe("shares of a room", () => {
  test("are the screens, newest first, with the sound of the same participant; cameras are none", () => {
    expect(sharesAmong(room)).toEqual([
      { identity: "bob#phone", videoTrackId: "TR_new", audioTrackId: null, mimeType: "video/h264", encrypted: false },
      { identity: "bob", videoTrackId: "TR_old", audioTrackId: "TR_sound", mimeType: "video/h264", encrypted: false },
    ]);
  });

  test.each([
    ["the picture asked for", "TR_old", null, ["TR_old"]],
    ["picture and sound asked for", "TR_old", "TR_sound", ["TR_old"]],
    ["the sound asked for", null, "TR_sound", ["TR_old"]],
    ["sound of somebody else", "TR_new", "TR_sound", []],
    ["a camera", "TR_camera", null, []],
    ["a microphone", null, "TR_voice", []],
    ["sound as a picture", "TR_sound", null, []],
    ["nothing that is there", "TR_gone", null, []],
  ])("%s", (_what, videoTrackId, audioTrackId, found) => {
    expect(sharesAmong(room, { videoTrackId, audioTrackId }).map((share) => share.videoTrackId)).toEqual(found);
  });

  test("a share is encrypted when its picture or its sound is", () => {
    const secret = { encryption: Encryption_Type.GCM };
    const rooms = [
      [person("a", track("TR_1", TrackSource.SCREEN_SHARE, secret))],
      [person("a", track("TR_1", TrackSource.SCREEN_SHARE), track("TR_2", TrackSource.SCREEN_SHARE_AUDIO, secret))],
    ];
    expect(rooms.flatMap((one) => sharesAmong(one)).map(({ encrypted }) => encrypted)).toEqual([true, true]);
  });
});

describe("what cannot be kept", () => {
  const share = (mimeType: string, encrypted = false): Share => ({
    identity: "a",
    videoTrackId: "TR",
    audioTrackId: null,
    mimeType,
    encrypted,
  });

  test.each([
    ["video/h264", "passthrough"],
    ["video/av1", "passthrough"],
    ["video/vp8", "passthrough"],
    ["video/vp9", "egress"],
    ["", "egress"],
  ] as const)("%j is kept by %s", (mimeType, recorder) => {
    expect(refusalOf(share(mimeType), recorder)).toBeNull();
  });

  test("H.265, for both, with what to publish instead", () => {
    for (const recorder of ["passthrough", "egress"] as const) {
      const refusal = refusalOf(share("video/h265"), recorder);
      expect(refusal?.code).toBe("unsupported_codec");
      expect(refusal?.message).toContain("publish the screen share as H.264");
    }
  });

  test("AV1 by egress; encrypted tracks by nobody, whatever their codec", () => {
    expect(refusalOf(share("video/av1"), "egress")?.message).toContain("AV1 cannot be kept by LiveKit egress");
    expect(refusalOf(share("video/h265", true), "passthrough")?.code).toBe("encrypted_room");
  });
});
