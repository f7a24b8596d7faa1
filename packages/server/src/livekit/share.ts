/** Screen shares among the participants of a LiveKit room, and which of them cannot be recorded. Pure. */
import { type RecorderKind, ReplayError } from "@livekit-replay/contract";
import { Encryption_Type, type ParticipantInfo, type TrackInfo, TrackSource, TrackType } from "@livekit/protocol";

/** One screen share: the picture, and the sound that goes with it. */
export interface Share {
  /** LiveKit identity of who shares. */
  readonly identity: string;
  readonly videoTrackId: string;
  /** Null while no sound is shared. */
  readonly audioTrackId: string | null;
  /** Of the picture, in lower case: `video/h264`. */
  readonly mimeType: string;
  readonly encrypted: boolean;
}

/** Which share is meant. Null: any. */
export interface WantedTracks {
  readonly videoTrackId: string | null;
  readonly audioTrackId: string | null;
}

/** LiveKit stamps a track when it is published and when it changes; there is no other mark of age. */
const stampOf = (track: TrackInfo): bigint => track.version?.unixMicro ?? 0n;

const newestFirst = (one: TrackInfo, other: TrackInfo): number => Number(stampOf(other) - stampOf(one));

function tracksOf({ tracks }: ParticipantInfo, type: TrackType, source: TrackSource): TrackInfo[] {
  return tracks.filter((track) => track.type === type && track.source === source).toSorted(newestFirst);
}

const picturesOf = (participant: ParticipantInfo): TrackInfo[] => tracksOf(participant, TrackType.VIDEO, TrackSource.SCREEN_SHARE);
const soundsOf = (participant: ParticipantInfo): TrackInfo[] => tracksOf(participant, TrackType.AUDIO, TrackSource.SCREEN_SHARE_AUDIO);

/** All screen shares of a room that fit, newest first: tracks of cameras and microphones are none, whatever was asked for. */
export function sharesAmong(
  participants: readonly ParticipantInfo[],
  wanted: WantedTracks = { videoTrackId: null, audioTrackId: null },
): Share[] {
  const found: { readonly share: Share; readonly picture: TrackInfo }[] = [];
  for (const participant of participants) {
    const sounds = soundsOf(participant).filter(({ sid }) => wanted.audioTrackId === null || sid === wanted.audioTrackId);
    if (wanted.audioTrackId !== null && sounds.length === 0) continue;
    for (const picture of picturesOf(participant)) {
      if (wanted.videoTrackId !== null && picture.sid !== wanted.videoTrackId) continue;
      const [sound] = sounds;
      const share: Share = {
        identity: participant.identity,
        videoTrackId: picture.sid,
        audioTrackId: sound?.sid ?? null,
        mimeType: picture.mimeType.toLowerCase(),
        encrypted: picture.encryption !== Encryption_Type.NONE || (sound !== undefined && sound.encryption !== Encryption_Type.NONE),
      };
      found.push({ share, picture });
    }
  }
  return found.toSorted((one, other) => newestFirst(one.picture, other.picture)).map(({ share }) => share);
}

/** What egress decodes; it takes everything else for an error. */
const egressCodecs = new Set(["video/h264", "video/vp8", "video/vp9"]);

/** Why a recorder cannot keep a share; null when it can. A track whose codec LiveKit does not know yet is left to the recorder. */
export function refusalOf({ encrypted, mimeType }: Share, recorder: RecorderKind): ReplayError | null {
  if (encrypted) return new ReplayError("encrypted_room");
  if (mimeType === "video/h265" || mimeType === "video/hevc")
    return new ReplayError("unsupported_codec", {
      detail: "H.265 cannot be kept: publish the screen share as H.264 (or VP9, AV1 or VP8)",
    });
  if (recorder === "egress" && mimeType !== "" && !egressCodecs.has(mimeType)) {
    const name = mimeType.replace("video/", "").toUpperCase();
    return new ReplayError("unsupported_codec", {
      detail: `${name} cannot be kept by LiveKit egress: publish the screen share as H.264 (or VP9 or VP8)`,
    });
  }
  return null;
}
