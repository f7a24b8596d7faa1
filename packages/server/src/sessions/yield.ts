/**
 * Sessions that another server has ended or taken: somebody stopped them there, or this server was taken for dead (it was held up, or its database was).
 * Recording stops here then. A share whose session nobody stopped goes on, in a new run.
 */
import { ReplayError } from "@livekit-replay/contract";
import type { SessionRow } from "../catalog/port.js";
import type { SessionParts } from "./parts.js";
import type { Sessions } from "./sessions.js";

/** What sessions are given up with. */
export interface YieldingParts {
  readonly parts: SessionParts;
  readonly sessions: Sessions;
  /** Id of this server. */
  readonly serverId: string;
}

/** Gives up what is not this server's any more. */
export class Yielding {
  readonly #with: YieldingParts;
  readonly #stop: () => void;

  constructor(parts: YieldingParts) {
    this.#with = parts;
    const { bus, live, logger } = parts.parts;
    this.#stop = bus.subscribe((event, origin) => {
      if (origin !== "elsewhere" || event.type !== "session" || !live.has(event.session.id) || this.#isOurs(event.session)) return;
      this.yield(event.session.id, event.session.userId).catch((error: unknown) => {
        logger.warn({ err: error, sessionId: event.session.id }, "a session that another server has could not be given up yet");
      });
    });
  }

  /** Looks at every session of this server, for what no other server told of. Answers how many were given up. */
  async all(): Promise<number> {
    const { live, catalog } = this.#with.parts;
    let given = 0;
    for (const sessionId of live.ids()) {
      const row = await catalog.sessions.find(sessionId);
      if (row && !this.#isOurs(row) && (await this.yield(sessionId, row.userId))) given += 1;
    }
    return given;
  }

  /** Gives one up, if it is another server's or has ended. Answers whether it was. */
  yield(sessionId: string, userId: string): Promise<boolean> {
    const { serial, catalog, live, publications } = this.#with.parts;
    return serial
      .run(userId, async () => {
        const row = await catalog.sessions.find(sessionId);
        if (!live.has(sessionId) || (row && this.#isOurs(row))) return null;
        await this.#let(sessionId);
        const publication = publications.ofUser(userId);
        if (publication?.sessionId === sessionId) publication.sessionId = null;
        return { row };
      })
      .then(async (given) => {
        if (given?.row) await this.#goOn(given.row);
        return given !== null;
      });
  }

  /** Hears nothing more. Idempotent. */
  close(): void {
    this.#stop();
  }

  #isOurs(row: SessionRow): boolean {
    return row.state === "active" && row.serverId === this.#with.serverId;
  }

  async #let(sessionId: string): Promise<void> {
    const { recorders, live, logger } = this.#with.parts;
    await recorders.stop(sessionId).catch((error: unknown) => {
      logger.warn({ err: error, sessionId }, "the recorder could not be told to stop a session of another server");
    });
    live.end(sessionId);
    logger.info({ sessionId }, "a session that another server ended or has was given up");
  }

  /** A share of a LiveKit room is found again by whoever looks at the room; a publication is here and nowhere else. */
  async #goOn(row: SessionRow): Promise<void> {
    const { logger } = this.#with.parts;
    if (row.state !== "ended" || row.endedBy !== "share" || row.identity !== null) return;
    try {
      const again = await this.#with.sessions.goOn(row);
      if (again) logger.info({ sessionId: again.id }, "a share whose session was ended by another server goes on");
    } catch (error) {
      if (!(error instanceof ReplayError)) throw error;
      logger.warn({ err: error, sessionId: row.id }, "a share whose session was ended by another server could not go on");
    }
  }
}
