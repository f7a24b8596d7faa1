/** Which of a person's tracks are recorded, and why none of them can be. */
import { ReplayError } from "@livekit-replay/contract";
import { keptCodec, keptCodecNames } from "@livekit-replay/media";
import type { ScreenTrack } from "./presence.js";

/** Tracks that were asked for; null: the newest. */
export interface WantedTracks {
  readonly videoTrackId: string | null;
  readonly audioTrackId: string | null;
}

/** The tracks of a share. */
export interface ChosenTracks {
  readonly video: ScreenTrack;
  readonly audio: ScreenTrack | null;
}

const newest = (tracks: readonly ScreenTrack[]): ScreenTrack | null =>
  tracks.reduce<ScreenTrack | null>((best, track) => (best === null || track.changedAt > best.changedAt ? track : best), null);

/** The tracks to record: the ones asked for while they are there, else the newest screen share and its sound. Null: nothing is shared. */
export function chooseTracks(tracks: readonly ScreenTrack[], wanted: WantedTracks): ChosenTracks | null {
  const pick = (kind: ScreenTrack["kind"], sid: string | null): ScreenTrack | null => {
    const those = tracks.filter((track) => track.kind === kind);
    return those.find((track) => track.sid === sid) ?? newest(those);
  };
  const video = pick("video", wanted.videoTrackId);
  if (video === null) return null;
  const audio = pick("audio", wanted.audioTrackId);
  return { video, audio: audio !== null && canKeepSound(audio) ? audio : null };
}

/** Like `chooseTracks`, for a request: a track that was asked for must be a screen share of that person. Null: it is not there (yet). */
export function requestedTracks(tracks: readonly ScreenTrack[], wanted: WantedTracks): ChosenTracks | null {
  const isThere = (kind: ScreenTrack["kind"], sid: string | null): boolean =>
    sid === null || tracks.some((track) => track.kind === kind && track.sid === sid);
  if (!isThere("video", wanted.videoTrackId) || !isThere("audio", wanted.audioTrackId)) return null;
  return chooseTracks(tracks, wanted);
}

/** RED is Opus, twice: LiveKit unwraps it for who does not ask for it. */
const canKeepSound = ({ codecs }: ScreenTrack): boolean =>
  codecs.length === 0 || codecs.some((name) => name.toLowerCase() === "red" || keptCodec(name)?.track === "audio");

/** Why a share cannot be recorded: `encrypted_room` or `unsupported_codec`; null when it can. */
export function refusalOf({ video, audio }: ChosenTracks): ReplayError | null {
  if (video.encrypted || audio?.encrypted === true) return new ReplayError("encrypted_room");
  if (video.codecs.length === 0 || video.codecs.some((name) => keptCodec(name)?.track === "video")) return null;
  const detail = `${video.codecs.join(", ")} cannot be kept: publish the screen share as ${keptCodecNames("video").join(", ")}`;
  return new ReplayError("unsupported_codec", { detail });
}
