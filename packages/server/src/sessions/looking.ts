/**
 * Looking at LiveKit rooms for shares that are to be recorded without being asked for: those that come back within the grace,
 * and all of them in communities that want it so. Webhooks and recorders only say where to look; every room of interest is looked at from time to time anyway.
 */
import { ReplayError } from "@livekit-replay/contract";
import type { SessionRow } from "../catalog/port.js";
import type { CommunitySettings, CommunitySettingsSource } from "../communities/settings.js";
import type { Directory } from "../directory/port.js";
import type { IdentityOwners } from "../livekit/identity.js";
import type { LivekitRooms } from "../livekit/rooms.js";
import { type Share, sharesAmong } from "../livekit/share.js";
import type { Metrics } from "../platform/metrics.js";
import type { Grace } from "./grace.js";
import type { SessionParts } from "./parts.js";
import { Refusals } from "./refusals.js";
import type { OwnedShare, Shares } from "./shares.js";
import type { Sightings } from "./sightings.js";

/** What is looked with. */
export interface LookingParts {
  readonly sessions: SessionParts;
  /** Null: LiveKit rooms are not recorded, and there is nothing to look at. */
  readonly rooms: LivekitRooms | null;
  readonly owners: IdentityOwners;
  readonly directory: Directory;
  readonly settings: CommunitySettingsSource;
  readonly grace: Grace;
  readonly shares: Shares;
  readonly sightings: Sightings;
  readonly metrics: Metrics;
}

/** Rooms that one poll looks into; the others are next. */
const mostRoomsPerPoll = 100;

/** Looks at rooms until it is closed. */
export class Looking {
  readonly #parts: LookingParts;
  readonly #refusals = new Refusals();
  /** The look at a room that runs, and whether another one is wanted after it. */
  readonly #looks = new Map<string, { done: Promise<void>; again: boolean }>();
  #nextRoom = 0;
  #closed = false;

  constructor(parts: LookingParts) {
    this.#parts = parts;
  }

  /** Looks at one room soon; asked for many times, it is looked at twice at most. Never throws. */
  look(roomName: string): Promise<void> {
    if (this.#closed || !this.#parts.rooms) return Promise.resolve();
    const running = this.#looks.get(roomName);
    if (running) {
      running.again = true;
      return running.done;
    }
    const look = { again: true, done: Promise.resolve() };
    const repeat = async (): Promise<void> => {
      while (look.again && !this.#closed) {
        look.again = false;
        await this.#look(roomName).catch((error: unknown) => this.#failed(error));
      }
      // In the turn in which it was found that nobody wants another look.
      this.#looks.delete(roomName);
    };
    this.#looks.set(roomName, look);
    look.done = repeat();
    return look.done;
  }

  /** Looks at every room where something may be to do, unless LiveKit has no such room. Answers how many were looked at. @throws ReplayError `recorder_unavailable` */
  async poll(): Promise<number> {
    const { rooms } = this.#parts;
    if (!rooms || this.#closed) return 0;
    const wanted = await this.#roomsOfInterest();
    this.#parts.sightings.keep(wanted);
    if (wanted.size === 0) return 0;
    const existing = await rooms.existing([...wanted]);
    const looked = this.#turn([...wanted].filter((roomName) => existing.has(roomName)));
    for (const roomName of wanted) if (!existing.has(roomName)) this.#parts.sightings.note(roomName, [], this.#parts.sessions.clock.now());
    await Promise.all(looked.map((roomName) => this.look(roomName)));
    return looked.length;
  }

  /** Begins nothing more and waits for what runs. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#looks.values()].map(({ done }) => done));
  }

  async #roomsOfInterest(): Promise<ReadonlySet<string>> {
    const { sessions, settings, directory } = this.#parts;
    const names = new Set<string>();
    for (const row of await sessions.catalog.sessions.all()) if (this.#mayGoOn(row)) names.add(row.roomName);
    for (const communityId of await settings.autoStarting())
      for (const { roomName } of await directory.rooms(communityId)) names.add(roomName);
    return names;
  }

  /** Rooms take turns when there are more than one poll looks into. */
  #turn(roomNames: readonly string[]): readonly string[] {
    if (roomNames.length <= mostRoomsPerPoll) return roomNames;
    this.#parts.metrics.count(
      "livekit_rooms_deferred_total",
      "Rooms that a poll of LiveKit left for the next one",
      {},
      roomNames.length - mostRoomsPerPoll,
    );
    const from = this.#nextRoom % roomNames.length;
    this.#nextRoom = from + mostRoomsPerPoll;
    return [...roomNames.slice(from), ...roomNames.slice(0, from)].slice(0, mostRoomsPerPoll);
  }

  /** A session that goes on by itself when its person shares again: nobody stopped it. */
  #mayGoOn(row: SessionRow): boolean {
    return row.state === "ended" && row.endedBy === "share" && row.identity !== null && !this.#parts.grace.isOver(row);
  }

  async #look(roomName: string): Promise<void> {
    const { rooms, owners, directory, settings, sessions } = this.#parts;
    if (!rooms) return;
    const community = await directory.communityOfRoom(roomName);
    if (!community) return;
    const found = sharesAmong(await rooms.participants(roomName));
    const now = sessions.clock.now();
    this.#parts.sightings.note(
      roomName,
      found.map(({ videoTrackId }) => videoTrackId),
      now,
    );
    const set = await settings.of(community.id);
    const people = new Set<string>();
    for (const share of found) {
      const userId = await owners.ownerOf(share.identity);
      // The newest of a person comes first.
      if (userId === null || people.has(userId)) continue;
      people.add(userId);
      await this.#consider({ userId, roomName, communityId: community.id, share }, set);
    }
  }

  async #consider(owned: OwnedShare, set: CommunitySettings): Promise<void> {
    const { serial, clock, logger } = this.#parts.sessions;
    const { userId, roomName, share } = owned;
    try {
      const session = await serial.run(userId, () => this.#recordIfWanted(owned, set));
      if (!session) return;
      this.#refusals.forget(share.videoTrackId);
      logger.info({ sessionId: session.id, roomName, userId }, "a share is recorded without being asked for");
    } catch (error) {
      if (!(error instanceof ReplayError)) throw error;
      // Another server was faster: it is recorded.
      if (error.code === "already_active") return;
      if (this.#refusals.note(share.videoTrackId, error, clock.now()))
        logger.warn({ code: error.code, roomName, userId, trackId: share.videoTrackId }, "a share could not be recorded by itself");
    }
  }

  async #recordIfWanted(owned: OwnedShare, set: CommunitySettings): Promise<SessionRow | null> {
    const { sessions, shares } = this.#parts;
    if (this.#closed) return null;
    const { userId, roomName, share } = owned;
    if (await sessions.catalog.sessions.activeOf(userId)) return null;
    if (this.#refusals.isWaiting(share.videoTrackId, sessions.clock.now())) return null;
    const newest = await sessions.catalog.sessions.newestIn(roomName, userId);
    const permissions = await this.#parts.directory.permissions(owned.communityId, userId);
    if (!permissions) return null;
    const goesOn = newest !== null && this.#mayGoOn(newest) && permissions.has("ENABLE_REPLAY_BUFFER");
    const byItself = set.autoStart && !this.#isStopped(newest, share);
    return goesOn || byItself ? shares.record(owned) : null;
  }

  /** Whether this share is the one whose recording somebody stopped: it was there before the end. */
  #isStopped(newest: SessionRow | null, share: Share): boolean {
    if (newest?.endedBy !== "stop" || newest.endedAtMs === null) return false;
    return this.#parts.sightings.since(newest.roomName, share.videoTrackId) <= newest.endedAtMs;
  }

  /** Who asked for a look does not wait for LiveKit to be back: the next poll looks again. */
  #failed(error: unknown): void {
    if (!(error instanceof ReplayError)) this.#parts.sessions.logger.error({ err: error }, "a room could not be looked at");
  }
}
