/** The screen share that an egress records: certain tracks of a participant, or their newest share. Pure. */
import { ReplayError } from "@livekit-replay/contract";
import type { ParticipantInfo } from "@livekit/protocol";
import { refusalOf, sharesAmong, type WantedTracks } from "../../livekit/share.js";
import type { PictureSize } from "./request.js";

/** Which share. */
export interface SharedTracks {
  readonly videoTrackId: string;
  readonly audioTrackId: string | null;
  readonly size: PictureSize;
}

/**
 * The tracks to record; null when the participant does not share (any more).
 * @throws ReplayError `encrypted_room`, `unsupported_codec`
 */
export function sharedTracks(participant: ParticipantInfo, wanted: WantedTracks): SharedTracks | null {
  const [share] = sharesAmong([participant], wanted);
  if (!share) return null;
  const refusal: ReplayError | null = refusalOf(share, "egress");
  if (refusal) throw refusal;
  const { videoTrackId, audioTrackId } = share;
  const track = participant.tracks.find(({ sid }) => sid === videoTrackId);
  return { videoTrackId, audioTrackId, size: { width: track?.width ?? 0, height: track?.height ?? 0 } };
}
