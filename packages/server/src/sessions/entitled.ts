/**
 * Sessions whose person may not record any more, or whose room is gone: the role, the place in the community or the room was taken away in the middle.
 * The directory is asked about each running session again and again, because nobody tells of such changes (a host application's least of all).
 */
import { ReplayError } from "@livekit-replay/contract";
import type { SessionRow } from "../catalog/port.js";
import type { CommunitySettingsSource } from "../communities/settings.js";
import type { Directory } from "../directory/port.js";
import type { SessionParts } from "./parts.js";
import type { Sessions } from "./sessions.js";

/** What is asked and ended with. */
export interface EntitledParts {
  readonly parts: SessionParts;
  readonly sessions: Sessions;
  readonly directory: Directory;
  readonly settings: CommunitySettingsSource;
}

/** Ends what may not run any more. Sessions of this server only. */
export class Entitled {
  readonly #with: EntitledParts;
  /** Sessions that the directory was seen to allow. */
  readonly #allowed = new Set<string>();
  /** Sessions that were not allowed at the last look: one look alone ends nothing. */
  #doubted = new Set<string>();

  constructor(entitled: EntitledParts) {
    this.#with = entitled;
  }

  /**
   * Looks at every session of this server; ends those that two looks in a row found not allowed. A directory that cannot answer ends nothing. Answers how many ended.
   * @throws the first error, when all were looked at
   */
  async end(): Promise<number> {
    const { live } = this.#with.parts;
    const doubted = new Set<string>();
    const errors: unknown[] = [];
    let ended = 0;
    for (const sessionId of live.ids()) {
      try {
        if (await this.#isEntitled(sessionId)) continue;
        if (!this.#doubted.has(sessionId)) doubted.add(sessionId);
        else if (await this.#endOne(sessionId)) ended += 1;
      } catch (error) {
        errors.push(error);
      }
    }
    this.#doubted = doubted;
    for (const sessionId of this.#allowed) if (!live.has(sessionId)) this.#allowed.delete(sessionId);
    if (errors.length > 0) throw errors[0];
    return ended;
  }

  async #isEntitled(sessionId: string): Promise<boolean> {
    try {
      return await this.#ask(sessionId);
    } catch (error) {
      if (error instanceof ReplayError && error.code === "directory_unavailable") return true;
      throw error;
    }
  }

  async #ask(sessionId: string): Promise<boolean> {
    const { parts } = this.#with;
    const row = await parts.catalog.sessions.find(sessionId);
    // Erased by another server: the recorder goes on for nobody.
    if (!row) return !parts.live.has(sessionId);
    if (row.state !== "active") return true;
    if (!(await this.#roomIsThere(row))) return false;
    // About to be recorded: by whose right is known when it is.
    if (row.recorderId === null && row.pausedAtMs === null) return true;
    if (await this.#mayRecord(row)) {
      this.#allowed.add(sessionId);
      return true;
    }
    // The token made its owner instance admin, which the directory does not know of and cannot take away.
    return parts.live.isOfAdmin(sessionId) && !this.#allowed.has(sessionId);
  }

  async #roomIsThere({ roomName, communityId }: SessionRow): Promise<boolean> {
    return (await this.#with.directory.communityOfRoom(roomName))?.id === communityId;
  }

  /** Where every share is recorded, being in the community is enough. */
  async #mayRecord({ userId, communityId, identity }: SessionRow): Promise<boolean> {
    const { directory, settings } = this.#with;
    if ((await directory.person(userId))?.admin === true) return true;
    const permissions = await directory.permissions(communityId, userId);
    if (!permissions) return false;
    return permissions.has("ENABLE_REPLAY_BUFFER") || (identity !== null && (await settings.of(communityId)).autoStart);
  }

  async #endOne(sessionId: string): Promise<boolean> {
    const { parts, sessions } = this.#with;
    const row = await parts.catalog.sessions.find(sessionId);
    if (!row) {
      await parts.recorders.stop(sessionId).catch((error: unknown) => {
        parts.logger.warn({ err: error, sessionId }, "a recorder could not be told to stop a session that was erased");
      });
      parts.live.end(sessionId);
      return true;
    }
    await sessions.stop(row);
    const { roomName, userId } = row;
    parts.logger.info({ sessionId, roomName, userId }, "a session whose person may not record there any more was ended");
    return true;
  }
}
