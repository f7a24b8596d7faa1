/** LiveKit sessions whose person left without a word: LiveKit is asked about each of them, and who is not there any more is not recorded any more. */
import { ReplayError } from "@livekit-replay/contract";
import type { ParticipantInfo } from "@livekit/protocol";
import type { SessionRow } from "../catalog/port.js";
import type { IdentityOwners } from "../livekit/identity.js";
import type { LivekitRooms } from "../livekit/rooms.js";
import { sharesAmong } from "../livekit/share.js";
import type { Ending } from "./end.js";
import type { SessionParts } from "./parts.js";

/** What is asked and ended with. */
export interface LeftParts {
  readonly sessions: SessionParts;
  /** Null: there are no such sessions. */
  readonly rooms: LivekitRooms | null;
  readonly owners: IdentityOwners;
  readonly ending: Ending;
  /** Id of this server: what other servers have is theirs to end. */
  readonly serverId: string;
  /** What the recorder itself has running for nobody; answers how many it ended. */
  readonly recorderOrphans: () => Promise<number>;
}

/** Ends what nobody shares any more. */
export class Left {
  readonly #parts: LeftParts;

  constructor(parts: LeftParts) {
    this.#parts = parts;
  }

  /** Asks about every active LiveKit session. A LiveKit that cannot be reached ends nothing. Answers how many ended. */
  async end(): Promise<number> {
    const { sessions, rooms, recorderOrphans, serverId } = this.#parts;
    if (!rooms) return 0;
    const rows = (await sessions.catalog.sessions.all()).filter(
      (row) => row.state === "active" && row.identity !== null && (row.serverId ?? serverId) === serverId,
    );
    return (await this.#endLeft(rooms, rows)) + (await recorderOrphans());
  }

  /** The same for paused sessions of this server alone: no recorder follows their shares. */
  async endPaused(): Promise<number> {
    const { sessions, rooms } = this.#parts;
    if (!rooms) return 0;
    const rows: SessionRow[] = [];
    for (const id of sessions.live.ids()) {
      const row = await sessions.catalog.sessions.find(id);
      if (row?.state === "active" && row.identity !== null && row.pausedAtMs !== null) rows.push(row);
    }
    return this.#endLeft(rooms, rows);
  }

  /** Ends those whose person shares nothing any more; answers how many. */
  async #endLeft(rooms: LivekitRooms, rows: readonly SessionRow[]): Promise<number> {
    let ended = 0;
    for (const [roomName, inRoom] of Map.groupBy(rows, (row) => row.roomName)) {
      const participants = await this.#known(() => rooms.participants(roomName));
      if (!participants) continue;
      for (const row of inRoom) if ((await this.#hasLeft(rooms, participants, row)) && (await this.#endOne(row))) ended += 1;
    }
    return ended;
  }

  /** Ends what a recorder outside of this server still does for sessions that have ended without it. Answers how much. */
  async endForNobody(): Promise<number> {
    return this.#parts.rooms ? this.#parts.recorderOrphans() : 0;
  }

  /** Null when LiveKit does not say. */
  async #known<T>(ask: () => Promise<T>): Promise<T | null> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof ReplayError) return null;
      throw error;
    }
  }

  /** Whether nobody of that person shares. Who is listed without a share is asked about once more: the list may be behind, and a recording would end that nobody ended. */
  async #hasLeft(rooms: LivekitRooms, participants: readonly ParticipantInfo[], row: SessionRow): Promise<boolean> {
    const theirs: ParticipantInfo[] = [];
    for (const participant of participants)
      if (participant.identity === row.identity || (await this.#parts.owners.isOf(participant.identity, row.userId)))
        theirs.push(participant);
    if (sharesAmong(theirs).length > 0) return false;
    for (const { identity } of theirs) {
      const shares = await this.#known(async () => {
        const participant = await rooms.participant(row.roomName, identity);
        return participant ? sharesAmong([participant]) : [];
      });
      if (shares === null || shares.length > 0) return false;
    }
    return true;
  }

  #endOne({ id, userId, roomName }: SessionRow): Promise<boolean> {
    const { sessions, ending } = this.#parts;
    return sessions.serial.run(userId, async () => {
      const row = await sessions.catalog.sessions.find(id);
      if (row?.state !== "active") return false;
      await ending.end(id, { stopRecorder: true, why: "share" });
      sessions.logger.info({ sessionId: id, roomName, userId }, "a session whose person shares no more was ended");
      return true;
    });
  }
}
