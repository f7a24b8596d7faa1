/** The end of a session of which nothing is to stay: recording, publication, buffer, row. For removals. */
import { setTimeout as delay } from "node:timers/promises";
import { ReplayError } from "@livekit-replay/contract";
import { folderOf } from "../catalog/places.js";
import type { SessionRow } from "../catalog/port.js";
import type { Ending } from "./end.js";
import type { SessionParts } from "./parts.js";

/** How long another server may take to give up a session; what it writes later is found by the hourly clean-up. */
const handOverMs = 3000;

/** Erases sessions; clips that were made of them stay. */
export class Erasing {
  readonly #parts: SessionParts;
  readonly #ending: Ending;

  constructor(parts: SessionParts, ending: Ending) {
    this.#parts = parts;
    this.#ending = ending;
  }

  /**
   * Ends a session, then its buffer goes, then its row: in this order, so that it can be done again. Idempotent.
   * @throws ReplayError `internal` when files could not be deleted; the row is still there then.
   */
  erase({ id, userId }: SessionRow): Promise<void> {
    return this.#parts.serial.run(userId, () => this.#erase(id));
  }

  /** Ends a person's publication, if this server has one, whether it is recorded or not. */
  async unpublish(userId: string): Promise<void> {
    await this.#parts.serial.run(userId, async () => {
      const publication = this.#parts.publications.ofUser(userId);
      if (publication) await this.#endPublication(publication.id);
    });
  }

  async #erase(sessionId: string): Promise<void> {
    const { catalog, store, bus, publications, live } = this.#parts;
    const row = await catalog.sessions.find(sessionId);
    if (!row) return;
    const elsewhere = row.state === "active" && !live.has(sessionId);
    await this.#ending.end(sessionId, { stopRecorder: true, why: "stop" });
    // The server that has it hears that it ended, and its recorder closes a last segment.
    if (elsewhere) await delay(handOverMs);
    const publication = publications.ofUser(row.userId);
    if (publication?.sessionId === sessionId) await this.#endPublication(publication.id);
    const { failed } = await store.buffers.remove(folderOf(row));
    if (failed > 0) throw new ReplayError("internal", { detail: "Files of a buffer could not be deleted: try again" });
    await catalog.sessions.remove(sessionId);
    bus.publish({ type: "session_gone", session: row });
  }

  async #endPublication(publicationId: string): Promise<void> {
    const { publications, whip, logger } = this.#parts;
    publications.remove(publicationId);
    try {
      await whip.unpublish(publicationId);
    } catch (error) {
      logger.warn({ err: error, publicationId }, "a publication could not be ended");
    }
  }
}
