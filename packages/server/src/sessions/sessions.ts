/**
 * Publishing, starting, stopping. What one person does is done one after the other.
 * The row is written before anything is recorded, and taken back when the recorder refuses.
 */
import { randomBytes } from "node:crypto";
import { ReplayError } from "@livekit-replay/contract";
import type { RoomAccess } from "../auth/rights.js";
import type { SessionRow } from "../catalog/port.js";
import type { Caller } from "../directory/port.js";
import { newId } from "../platform/ids.js";
import type { Ending } from "./end.js";
import type { Place, Places } from "./place.js";
import type { Publication } from "./publications.js";
import type { SessionParts } from "./parts.js";
import { keptPlace, type Recording } from "./record.js";
import type { Shares } from "./shares.js";

/** A WHIP offer by somebody who may. */
export interface PublishOptions {
  readonly caller: Caller;
  readonly room: RoomAccess;
  readonly sdp: string;
  /** Begin to record at once. */
  readonly start: boolean;
}

/** An answered offer. */
export interface Published {
  readonly publication: Publication;
  /** The SDP answer. */
  readonly sdp: string;
}

/** What the session service works with. */
export interface SessionsOptions {
  readonly parts: SessionParts;
  readonly places: Places;
  readonly recording: Recording;
  readonly shares: Shares;
  readonly ending: Ending;
}

/** Tracks of a share as a caller names them: a WHIP publication by its id, tracks of a LiveKit room by theirs. */
export interface NamedTracks {
  readonly videoTrackId?: string | undefined;
  readonly audioTrackId?: string | undefined;
}

/** A publication that has not connected so long after its offer counts as silent. */
const connectMs = 2000;

/** The session service. */
export class Sessions {
  readonly #parts: SessionParts;
  readonly #places: Places;
  readonly #recording: Recording;
  readonly #shares: Shares;
  readonly #ending: Ending;

  constructor({ parts, places, recording, shares, ending }: SessionsOptions) {
    this.#parts = parts;
    this.#places = places;
    this.#recording = recording;
    this.#shares = shares;
    this.#ending = ending;
  }

  /**
   * Answers a WHIP offer and, unless told not to, records it: in a new session, or in the person's session of that room when it ended within the grace or lost its source.
   * @throws ReplayError `already_active`, the refusals of a place, `invalid_sdp`, `unsupported_codec`, `recorder_unavailable`; nothing is left behind then.
   */
  publish(options: PublishOptions): Promise<Published> {
    return this.#parts.serial.run(options.caller.userId, async () => {
      const published = await this.#publish(options);
      this.#noteAdmin(options.caller, published.publication.sessionId);
      return published;
    });
  }

  /**
   * Records what the caller shares already: their WHIP publication in the room, or else their screen share in the LiveKit room.
   * @throws ReplayError `already_active`, `not_sharing`, the refusals of a place, `encrypted_room`, `unsupported_codec`, `recorder_unavailable`; nothing is left behind then.
   */
  start(caller: Caller, room: RoomAccess, { videoTrackId, audioTrackId }: NamedTracks = {}): Promise<SessionRow> {
    return this.#parts.serial.run(caller.userId, async () => {
      const active = await this.#parts.catalog.sessions.activeOf(caller.userId);
      const publication = this.#parts.publications.ofUser(caller.userId);
      const kept = active?.roomName === room.roomName && active.identity === null && publication?.sessionId === null;
      if (active && !kept) throw new ReplayError("already_active");
      const there = publication?.roomName === room.roomName && (videoTrackId === undefined || videoTrackId === publication.id);
      if (active && !(publication && there)) throw new ReplayError("not_sharing");
      const session =
        publication && there
          ? await this.#startPublication(active ? keptPlace(active) : await this.#place(caller, room, true), publication)
          : await this.#shares.start(caller, room, { videoTrackId: videoTrackId ?? null, audioTrackId: audioTrackId ?? null });
      this.#noteAdmin(caller, session.id);
      return session;
    });
  }

  /** Goes on to record a person's publication into their session that ended without anybody's wish. Null when there is nothing to go on with. @throws the refusals of a place */
  goOn({ userId, roomName, communityId }: SessionRow): Promise<SessionRow | null> {
    return this.#parts.serial.run(userId, async () => {
      const publication = this.#parts.publications.ofUser(userId);
      if (publication?.roomName !== roomName || publication.sessionId !== null) return null;
      if (await this.#parts.catalog.sessions.activeOf(userId)) return null;
      const place = await this.#places.take({
        caller: { userId },
        roomName,
        communityId,
        sessionId: newId(),
        recorder: "whip",
        identity: null,
      });
      return this.#startPublication(place, publication);
    });
  }

  /** Stops recording; the buffer stays for the grace, the publication too. Idempotent. */
  stop(session: SessionRow): Promise<SessionRow> {
    return this.end(session, "stop");
  }

  /** Ends a publication and its session. @throws ReplayError `publication_not_found`. */
  unpublish(publicationId: string): Promise<void> {
    const { publications, serial, whip } = this.#parts;
    const owner = publications.ownerOf(publicationId);
    if (owner === null) return Promise.reject(new ReplayError("publication_not_found"));
    return serial.run(owner, async () => {
      const publication = publications.remove(publicationId);
      if (!publication) throw new ReplayError("publication_not_found");
      await whip.unpublish(publicationId);
      if (publication.sessionId !== null) await this.#ending.end(publication.sessionId, { stopRecorder: false, why: "share" });
    });
  }

  /** Ends every session that this server has, because it stops: their open GOPs are closed first. Nobody wanted their end, so a share that is still there is taken up at the next start. */
  async endAll(): Promise<void> {
    const { live, catalog } = this.#parts;
    await Promise.all(
      live.ids().map(async (sessionId) => {
        const row = await catalog.sessions.find(sessionId);
        if (row) await this.end(row, "share");
      }),
    );
  }

  /** A right that comes from the token is not one that the directory can take away. */
  #noteAdmin({ admin }: Caller, sessionId: string | null): void {
    if (admin && sessionId !== null) this.#parts.live.ofAdmin(sessionId);
  }

  /** Ends a session. `share`: nobody wanted it to end. Idempotent. */
  end(session: SessionRow, why: "stop" | "share"): Promise<SessionRow> {
    return this.#parts.serial.run(session.userId, async () => {
      const publication = this.#parts.publications.ofUser(session.userId);
      if (publication?.sessionId === session.id) publication.sessionId = null;
      await this.#ending.end(session.id, { stopRecorder: true, why });
      return (await this.#parts.catalog.sessions.find(session.id)) ?? session;
    });
  }

  #startPublication(place: Place, publication: Publication): Promise<SessionRow> {
    return this.#record(place, publication).catch((error: unknown) => {
      if (!(error instanceof ReplayError && error.code === "publication_not_found")) throw error;
      this.#parts.publications.remove(publication.id);
      throw new ReplayError("not_sharing", { cause: error });
    });
  }

  async #publish({ caller, room, sdp, start }: PublishOptions): Promise<Published> {
    const before = this.#replaceable(caller, room);
    const active = await this.#parts.catalog.sessions.activeOf(caller.userId);
    if (active && (active.roomName !== room.roomName || active.identity !== null)) throw new ReplayError("already_active");
    if (!start && !active) {
      const published = await this.#offer(caller, room, sdp);
      await this.#retire(before);
      return published;
    }
    const place = active ? keptPlace(active) : await this.#place(caller, room);
    const published = await this.#recording.orGiveBack(place, () => this.#offer(caller, room, sdp));
    await this.#retire(before);
    await this.#record(place, published.publication).catch(async (error: unknown) => {
      await this.#retire(published.publication);
      throw error;
    });
    return published;
  }

  /** The person's publication that a new one may replace: one in the same room that is gone or silent. */
  #replaceable(caller: Caller, room: RoomAccess): Publication | null {
    const { publications, clock } = this.#parts;
    const before = publications.ofUser(caller.userId);
    if (!before) return null;
    const silent = before.state === "silent" || (before.state === "offered" && before.offeredAt + connectMs <= clock.now());
    if (before.roomName !== room.roomName || !silent) throw new ReplayError("already_active");
    return before;
  }

  #place(caller: Caller, room: RoomAccess, asked = false): Promise<Place> {
    return this.#places.take({
      caller,
      roomName: room.roomName,
      communityId: room.community.id,
      sessionId: newId(),
      recorder: "whip",
      identity: null,
      asked,
    });
  }

  async #offer(caller: Caller, room: RoomAccess, sdp: string): Promise<Published> {
    const id = newId();
    const { userId } = caller;
    const answer = await this.#parts.whip.offer({ publicationId: id, roomName: room.roomName, userId, sdp });
    const etag = `"${randomBytes(9).toString("base64url")}"`;
    const offeredAt = this.#parts.clock.now();
    const publication: Publication = {
      id,
      userId,
      roomName: room.roomName,
      recorderId: answer.recorderId,
      etag,
      offeredAt,
      state: "offered",
      sessionId: null,
    };
    this.#parts.publications.add(publication);
    return { publication, sdp: answer.sdp };
  }

  /** Takes a publication away without ending its session: another one takes it over. */
  async #retire(publication: Publication | null): Promise<void> {
    if (!publication) return;
    this.#parts.publications.remove(publication.id);
    try {
      await this.#parts.whip.unpublish(publication.id);
    } catch (error) {
      this.#parts.logger.warn({ err: error, publicationId: publication.id }, "a replaced publication could not be ended");
    }
  }

  #record(place: Place, publication: Publication): Promise<SessionRow> {
    return this.#recording.begin(place, async (run) => {
      if (run) await this.#parts.whip.start({ ...run, publicationId: publication.id });
      publication.sessionId = place.session.id;
      return { publicationId: publication.id, recorderId: publication.recorderId, identity: null };
    });
  }
}
