/** The screen share that an egress records: certain tracks of a person, or their newest share. Pure. */
import { ReplayError } from "@livekit-replay/contract";
import type { ParticipantInfo } from "@livekit/protocol";
import { refusalOf, sharesAmong } from "../../livekit/share.js";
import type { PictureSize } from "./request.js";

/** Which share. */
export interface SharedTracks {
  readonly videoTrackId: string;
  readonly audioTrackId: string | null;
  readonly size: PictureSize;
}

/** Whose share, and which of theirs (null: the newest). */
export interface WantedShare {
  readonly identity: string;
  readonly videoTrackId: string | null;
  readonly audioTrackId: string | null;
}

/**
 * The tracks to record; null when the person does not share (any more).
 * @throws ReplayError `encrypted_room`, `unsupported_codec`
 */
export function sharedTracks(
  participants: readonly ParticipantInfo[],
  { identity, videoTrackId, audioTrackId }: WantedShare,
): SharedTracks | null {
  const theirs = participants.filter((participant) => participant.identity === identity);
  const [share] = sharesAmong(theirs, { videoTrackId, audioTrackId });
  if (!share) return null;
  const refusal: ReplayError | null = refusalOf(share, "egress");
  if (refusal) throw refusal;
  const track = theirs.flatMap(({ tracks }) => tracks).find(({ sid }) => sid === share.videoTrackId);
  return {
    videoTrackId: share.videoTrackId,
    audioTrackId: share.audioTrackId,
    size: { width: track?.width ?? 0, height: track?.height ?? 0 },
  };
}
