/** How a screen is published in a LiveKit room: the picture as the recorder can keep it, the sound as it is. */
import { MAX_BITRATE } from "@livekit-replay/client";
import type { Joined } from "./membership.js";

/** H.264 is kept and played everywhere without encoding it again; the others are for who wants to see what becomes of them. */
export type ShareCodec = "h264" | "vp8" | "vp9" | "av1";

/** The codec of this name, if it is one. */
export const shareCodecOf = (name: string | null): ShareCodec | undefined =>
  name === "h264" || name === "vp8" || name === "vp9" || name === "av1" ? name : undefined;

/** The same as over WHIP: stereo Opus at 128 kbit/s. */
const SOUND_BITRATE = 128_000;

/** The tracks of a share in a room, by LiveKit's ids. They change when LiveKit mends a connection. */
export interface ScreenTracks {
  readonly videoTrackId: string;
  readonly audioTrackId?: string;
}

/** The tracks that this page publishes as its screen, at this moment. */
export const screenTracks = ({ livekit, room }: Joined): ScreenTracks | undefined => {
  const { Source } = livekit.Track;
  const videoTrackId = room.localParticipant.getTrackPublication(Source.ScreenShare)?.trackSid;
  const audioTrackId = room.localParticipant.getTrackPublication(Source.ScreenShareAudio)?.trackSid;
  return videoTrackId === undefined ? undefined : { videoTrackId, ...(audioTrackId === undefined ? {} : { audioTrackId }) };
};

/**
 * Publishes a stream of `getDisplayMedia`: one layer, since everybody wants to read the screen, and since the recorder keeps that one.
 * Throws livekit-client's errors.
 */
export const publishScreen = async ({ livekit, room }: Joined, stream: MediaStream, codec: ShareCodec): Promise<void> => {
  const { Source } = livekit.Track;
  // The picture first: who records it looks for the sound beside it.
  for (const track of stream.getVideoTracks()) {
    await room.localParticipant.publishTrack(track, {
      source: Source.ScreenShare,
      videoCodec: codec,
      simulcast: false,
      backupCodec: false,
      screenShareEncoding: { maxBitrate: MAX_BITRATE, maxFramerate: 60 },
      degradationPreference: "maintain-resolution",
    });
  }
  for (const track of stream.getAudioTracks()) {
    await room.localParticipant.publishTrack(track, {
      source: Source.ScreenShareAudio,
      audioPreset: { maxBitrate: SOUND_BITRATE },
      forceStereo: true,
      // The silence between two sounds is sound here, and packets that say everything twice are of no use to who keeps them.
      dtx: false,
      red: false,
    });
  }
};

/** Takes the stream out of the room again. Its tracks go on. */
export const unpublishScreen = async ({ room }: Joined, stream: MediaStream): Promise<void> => {
  await room.localParticipant.unpublishTracks(stream.getTracks());
};
