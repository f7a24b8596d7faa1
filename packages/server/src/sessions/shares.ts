/** Recording of screen shares in LiveKit rooms: of the caller's, and of one that was found. */
import { ReplayError } from "@livekit-replay/contract";
import type { RoomAccess } from "../auth/rights.js";
import type { SessionRow } from "../catalog/port.js";
import type { Caller } from "../directory/port.js";
import type { IdentityOwners } from "../livekit/identity.js";
import type { Livekit } from "../livekit/port.js";
import { refusalOf, type Share, sharesAmong, type WantedTracks } from "../livekit/share.js";
import { newId } from "../platform/ids.js";
import type { LivekitRecorderPort } from "../recorders/port.js";
import type { SessionParts } from "./parts.js";
import type { Places } from "./place.js";
import type { Recording } from "./record.js";

/** What shares are recorded with. */
export interface SharesParts {
  readonly sessions: SessionParts;
  /** Null, or without a recorder: rooms of LiveKit are not recorded. */
  readonly livekit: Livekit | null;
  readonly owners: IdentityOwners;
  readonly places: Places;
  readonly recording: Recording;
}

/** Whose share in which room. */
export interface OwnedShare {
  readonly userId: string;
  readonly roomName: string;
  readonly communityId: string;
  readonly share: Share;
}

/** Records shares. Calls for one person must not overlap. */
export class Shares {
  readonly #parts: SharesParts;

  constructor(parts: SharesParts) {
    this.#parts = parts;
  }

  /**
   * The caller's newest screen share in a room, or the one that is asked for; null where LiveKit is not recorded, or there is none of theirs.
   * @throws ReplayError `recorder_unavailable`, `directory_unavailable`
   */
  async of({ userId }: Caller, roomName: string, wanted: WantedTracks): Promise<Share | null> {
    const { livekit, owners } = this.#parts;
    if (!livekit?.recorder) return null;
    for (const share of sharesAmong(await livekit.rooms.participants(roomName), wanted)) {
      if (share.identity.startsWith(userId) && (await owners.ownerOf(share.identity, userId)) === userId) return share;
    }
    return null;
  }

  /**
   * Records the caller's share, in a new session or in theirs of that room that ended within the grace.
   * @throws ReplayError `not_sharing`, `encrypted_room`, `unsupported_codec`, `recorder_unavailable`, the refusals of a place; nothing is left behind then.
   */
  async start(caller: Caller, room: RoomAccess, wanted: WantedTracks): Promise<SessionRow> {
    const share = await this.of(caller, room.roomName, wanted);
    if (!share) throw new ReplayError("not_sharing");
    return this.record({ userId: caller.userId, roomName: room.roomName, communityId: room.community.id, share });
  }

  /** Records a share that was found. @throws as `start` */
  async record({ userId, roomName, communityId, share }: OwnedShare): Promise<SessionRow> {
    const { places, recording } = this.#parts;
    const { identity, videoTrackId, audioTrackId } = share;
    const recorder = this.#recorderFor(share);
    const place = await places.take({ caller: { userId }, roomName, communityId, sessionId: newId(), recorder: recorder.kind, identity });
    return recording.begin(place, async (run) => {
      const { recorderId } = await recorder.record({ ...run, identity, videoTrackId, audioTrackId });
      return { recorderId, publicationId: null, identity };
    });
  }

  /** @throws ReplayError when the share cannot be recorded whoever asks. */
  #recorderFor(share: Share): LivekitRecorderPort {
    const { livekit } = this.#parts;
    if (!livekit?.recorder) throw new ReplayError("recorder_unavailable");
    const refusal = refusalOf(share, livekit.recorder.kind);
    if (refusal) throw refusal;
    return livekit.recorder;
  }
}
