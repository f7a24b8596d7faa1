/**
 * Publishing, starting, stopping. What one person does is done one after the other.
 * The row is written before anything is recorded, and taken back when the recorder refuses.
 */
import { randomBytes } from "node:crypto";
import { type GapReason, ReplayError } from "@livekit-replay/contract";
import type { RoomAccess } from "../auth/rights.js";
import type { SessionRow } from "../catalog/port.js";
import type { Caller } from "../directory/port.js";
import { newId } from "../platform/ids.js";
import type { Ending } from "./end.js";
import type { Place, Places } from "./place.js";
import type { Publication } from "./publications.js";
import type { SessionParts } from "./parts.js";

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

/** A publication that has not connected so long after its offer counts as silent. */
const connectMs = 2000;

/** The session service. */
export class Sessions {
  readonly #parts: SessionParts;
  readonly #places: Places;
  readonly #ending: Ending;

  constructor(parts: SessionParts, places: Places, ending: Ending) {
    this.#parts = parts;
    this.#places = places;
    this.#ending = ending;
  }

  /**
   * Answers a WHIP offer and, unless told not to, records it: in a new session, or in the person's session of that room when it ended within the grace or lost its source.
   * @throws ReplayError `already_active`, the refusals of a place, `invalid_sdp`, `unsupported_codec`, `recorder_unavailable`; nothing is left behind then.
   */
  publish(options: PublishOptions): Promise<Published> {
    return this.#parts.serial.run(options.caller.userId, () => this.#publish(options));
  }

  /**
   * Records a publication that flows already.
   * @throws ReplayError `already_active`, `not_sharing`, the refusals of a place, `recorder_unavailable`.
   */
  start(caller: Caller, room: RoomAccess, videoTrackId: string | undefined): Promise<SessionRow> {
    return this.#parts.serial.run(caller.userId, async () => {
      const active = await this.#parts.catalog.sessions.activeOf(caller.userId);
      const publication = this.#parts.publications.ofUser(caller.userId);
      if (active && !(active.roomName === room.roomName && publication && publication.sessionId === null))
        throw new ReplayError("already_active");
      const there = publication?.roomName === room.roomName && (videoTrackId === undefined || videoTrackId === publication.id);
      if (!publication || !there) throw new ReplayError("not_sharing");
      const place = active ? keptPlace(active) : await this.#place(caller, room);
      return this.#record(place, publication).catch((error: unknown) => {
        if (!(error instanceof ReplayError && error.code === "publication_not_found")) throw error;
        this.#parts.publications.remove(publication.id);
        throw new ReplayError("not_sharing", { cause: error });
      });
    });
  }

  /** Stops recording; the buffer stays for the grace, the publication too. Idempotent. */
  stop(session: SessionRow): Promise<SessionRow> {
    return this.#parts.serial.run(session.userId, async () => {
      const publication = this.#parts.publications.ofUser(session.userId);
      if (publication?.sessionId === session.id) publication.sessionId = null;
      await this.#ending.end(session.id, { stopRecorder: true, why: "stop" });
      return (await this.#parts.catalog.sessions.find(session.id)) ?? session;
    });
  }

  /** Ends a publication and its session. @throws ReplayError `publication_not_found`. */
  unpublish(publicationId: string): Promise<void> {
    const { publications, serial, recorder } = this.#parts;
    const owner = publications.ownerOf(publicationId);
    if (owner === null) return Promise.reject(new ReplayError("publication_not_found"));
    return serial.run(owner, async () => {
      const publication = publications.remove(publicationId);
      if (!publication) throw new ReplayError("publication_not_found");
      await recorder.unpublish(publicationId);
      if (publication.sessionId !== null) await this.#ending.end(publication.sessionId, { stopRecorder: false, why: "share" });
    });
  }

  /** Ends every session that this server has, because it stops: their open GOPs are closed first. */
  async endAll(): Promise<void> {
    const { live, catalog } = this.#parts;
    for (const sessionId of live.ids()) {
      const row = await catalog.sessions.find(sessionId);
      if (row) await this.stop(row);
    }
  }

  async #publish({ caller, room, sdp, start }: PublishOptions): Promise<Published> {
    const before = this.#replaceable(caller, room);
    const active = await this.#parts.catalog.sessions.activeOf(caller.userId);
    if (active && active.roomName !== room.roomName) throw new ReplayError("already_active");
    if (!start && !active) {
      const published = await this.#offer(caller, room, sdp);
      await this.#retire(before);
      return published;
    }
    const place = active ? keptPlace(active) : await this.#place(caller, room);
    const published = await this.#orGiveBack(place, () => this.#offer(caller, room, sdp));
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

  #place(caller: Caller, room: RoomAccess): Promise<Place> {
    return this.#places.take({ caller, roomName: room.roomName, communityId: room.community.id, sessionId: newId(), recorder: "whip", identity: null });
  }

  async #offer(caller: Caller, room: RoomAccess, sdp: string): Promise<Published> {
    const id = newId();
    const { userId } = caller;
    const answer = await this.#parts.recorder.offer({ publicationId: id, roomName: room.roomName, userId, sdp });
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
      await this.#parts.recorder.unpublish(publication.id);
    } catch (error) {
      this.#parts.logger.warn({ err: error, publicationId: publication.id }, "a replaced publication could not be ended");
    }
  }

  async #record(place: Place, publication: Publication): Promise<SessionRow> {
    const { recorder, catalog, clock, live, store, bus } = this.#parts;
    const { id: sessionId, roomName, userId } = place.session;
    return this.#orGiveBack(place, async () => {
      const buffer = await store.buffers.open({ roomName, userId, sessionId });
      await buffer.upToDate();
      const firstRun = Math.max(await buffer.nextRun(), live.highestRun(sessionId) + 1);
      const firstRunReason = this.#reasonOf(place, firstRun);
      live.begin(sessionId, firstRun);
      await recorder.start({ publicationId: publication.id, roomName, userId, sessionId, firstRun, firstRunReason });
      publication.sessionId = sessionId;
      buffer.setEnded(false);
      const change = { publicationId: publication.id, recorderId: publication.recorderId, heartbeatAtMs: clock.now() };
      await catalog.sessions.update(sessionId, "active", change);
      const session = { ...place.session, ...change };
      bus.publish({ type: "session", session });
      return session;
    });
  }

  /** Why a run begins: a session that was kept through the death of its recorder (of this server or the one before) has no source left. */
  #reasonOf({ kind, session }: Place, firstRun: number): "start" | GapReason {
    if (firstRun === 0) return "start";
    return kind === "kept" && (session.recorderId === null || !this.#parts.live.has(session.id)) ? "restart" : "reconnect";
  }

  async #orGiveBack<T>(place: Place, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (place.kind !== "kept") this.#parts.live.end(place.session.id);
      await place.giveBack();
      throw error;
    }
  }
}

const keptPlace = (session: SessionRow): Place => ({ session, kind: "kept", giveBack: () => Promise.resolve() });
