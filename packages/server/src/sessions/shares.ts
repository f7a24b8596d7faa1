/** Recording of screen shares in LiveKit rooms: of the caller's, and of one that was found. */
import { setTimeout as delay } from "node:timers/promises";
import { type GapReason, ReplayError } from "@livekit-replay/contract";
import type { ParticipantInfo } from "@livekit/protocol";
import type { RoomAccess } from "../auth/rights.js";
import type { SessionRow } from "../catalog/port.js";
import type { Caller } from "../directory/port.js";
import type { IdentityOwners } from "../livekit/identity.js";
import type { Livekit } from "../livekit/port.js";
import { refusalOf, type Share, sharesAmong, type WantedTracks } from "../livekit/share.js";
import { newId } from "../platform/ids.js";
import type { LivekitRecorderPort } from "../recorders/port.js";
import type { SessionParts } from "./parts.js";
import type { Place, Places } from "./place.js";
import { keptPlace, type RecordedBy, type Recording, type Run } from "./record.js";
import type { Sightings } from "./sightings.js";

/** What shares are recorded with. */
export interface SharesParts {
  readonly sessions: SessionParts;
  /** Null, or without a recorder: rooms of LiveKit are not recorded. */
  readonly livekit: Livekit | null;
  readonly owners: IdentityOwners;
  readonly places: Places;
  readonly recording: Recording;
  readonly sightings: Sightings;
}

/** Whose share in which room. */
export interface OwnedShare {
  readonly userId: string;
  readonly roomName: string;
  readonly communityId: string;
  readonly share: Share;
}

/** Pauses between looks for a share that LiveKit may not list yet: 5 s in all. Each look is a call of its API. */
const pausesMs = [100, 150, 250, 500, 1000, 1500, 1500];

/** Records shares. Calls for one person must not overlap. */
export class Shares {
  readonly #parts: SharesParts;

  constructor(parts: SharesParts) {
    this.#parts = parts;
  }

  /** The person's newest screen share in a room, or the one that is asked for; else the participants of whom it may come yet: none where they are not in the room, or where what is asked for is somebody else's, or no screen. */
  async #look(userId: string, roomName: string, wanted: WantedTracks): Promise<{ share: Share | null; mayComeOf: readonly string[] }> {
    const { livekit, owners, sightings, sessions } = this.#parts;
    if (!livekit?.recorder) return { share: null, mayComeOf: [] };
    const participants = await livekit.rooms.participants(roomName);
    // Who starts and stops between two polls has stopped this share all the same.
    sightings.note(
      roomName,
      sharesAmong(participants).map(({ videoTrackId }) => videoTrackId),
      sessions.clock.now(),
    );
    for (const share of sharesAmong(participants, wanted)) if (await owners.isOf(share.identity, userId)) return { share, mayComeOf: [] };
    const holder = participants.find(({ tracks }) => tracks.some(({ sid }) => sid === wanted.videoTrackId));
    // The picture may be listed before its sound.
    if (holder && sharesAmong([holder], { ...wanted, audioTrackId: null }).length === 0) return { share: null, mayComeOf: [] };
    const mayComeOf: string[] = [];
    for (const { identity } of holder ? [holder] : participants) if (await owners.isOf(identity, userId)) mayComeOf.push(identity);
    return { share: null, mayComeOf };
  }

  /**
   * LiveKit lists a track once its first packet has come: a person who is in the room and asks as soon as their client has published is early by the time that a connection takes.
   * The list may also be behind (`LivekitRooms.participant`): it does not have the last word.
   */
  async #await(userId: string, roomName: string, wanted: WantedTracks): Promise<Share | null> {
    for (const pauseMs of pausesMs) {
      const { share, mayComeOf } = await this.#look(userId, roomName, wanted);
      if (share || mayComeOf.length === 0) return share;
      await delay(pauseMs);
    }
    const { share, mayComeOf } = await this.#look(userId, roomName, wanted);
    return share ?? this.#unlisted(roomName, mayComeOf, wanted);
  }

  /** The newest share of these participants that fits, whether or not it is listed. */
  async #unlisted(roomName: string, identities: readonly string[], wanted: WantedTracks): Promise<Share | null> {
    const participants: ParticipantInfo[] = [];
    for (const identity of identities) {
      const participant = await this.#parts.livekit?.rooms.participant(roomName, identity);
      if (participant) participants.push(participant);
    }
    return sharesAmong(participants, wanted)[0] ?? null;
  }

  /**
   * Records the caller's share, in a new session or in theirs of that room that ended within the grace.
   * @throws ReplayError `not_sharing`, `encrypted_room`, `unsupported_codec`, `recorder_unavailable`, the refusals of a place; nothing is left behind then.
   */
  async start(caller: Caller, room: RoomAccess, wanted: WantedTracks): Promise<SessionRow> {
    const share = await this.#await(caller.userId, room.roomName, wanted);
    if (!share) throw new ReplayError("not_sharing");
    return this.record({ userId: caller.userId, roomName: room.roomName, communityId: room.community.id, share }, true);
  }

  /**
   * Records a share that was found.
   * @param asked its person asked for it just now: see `PlaceOptions`
   * @throws as `start`
   */
  async record({ userId, roomName, communityId, share }: OwnedShare, asked = false): Promise<SessionRow> {
    const { places } = this.#parts;
    const { kind } = this.#recorderFor(share);
    const { identity } = share;
    const who = { caller: { userId }, roomName, communityId };
    return this.#begin(await places.take({ ...who, sessionId: newId(), recorder: kind, identity, asked }), share);
  }

  /** Records what the person of an active session shares, in its next run. @throws as `start`; the session is as it was then. */
  async again(session: SessionRow, reason: GapReason): Promise<SessionRow> {
    const share = await this.#await(session.userId, session.roomName, { videoTrackId: null, audioTrackId: null });
    if (!share) throw new ReplayError("not_sharing");
    return this.#begin(keptPlace(session), share, reason);
  }

  #begin(place: Place, share: Share, reason?: GapReason): Promise<SessionRow> {
    const recorder = this.#recorderFor(share);
    const { identity, videoTrackId, audioTrackId } = share;
    const start = async (run: Run | null): Promise<RecordedBy> => {
      const recorderId = run && (await recorder.record({ ...run, identity, videoTrackId, audioTrackId })).recorderId;
      return { recorderId, publicationId: null, identity };
    };
    return this.#parts.recording.begin(place, start, reason);
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
