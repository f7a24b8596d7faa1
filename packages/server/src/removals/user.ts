/**
 * The removal of a user: rights, shares, buffers, clips, quota, and last the row by which the directory knows them. Done again, it goes on where it was cut short.
 * Clips that others made of their shares stay with their owners, and posts stay where they were posted.
 */
import { setTimeout as delay } from "node:timers/promises";
import { ReplayError } from "@livekit-replay/contract";
import type { Actor, AuditLog, Change } from "../audit/log.js";
import type { Catalog, DirectoryRows } from "../catalog/port.js";
import type { ClipRemover } from "../clips/remove.js";
import type { EventBus } from "../events/bus.js";
import { Serial } from "../platform/serial.js";
import type { QuotaLedger } from "../quotas/ledger.js";
import type { Erasing } from "../sessions/erase.js";

/** What users are removed with. */
export interface UserRemovalParts {
  readonly catalog: Catalog;
  /** Null where the host application owns the directory. */
  readonly rows: DirectoryRows | null;
  readonly erasing: Erasing;
  readonly remover: ClipRemover;
  readonly ledger: QuotaLedger;
  readonly audit: AuditLog;
  readonly bus: EventBus;
}

/** How often, and how many times, is looked for clips that were under way when the rights were taken. */
const lookEveryMs = 250;
const looks = 60;
/** So many looks in a row find nothing: whoever had asked for their right, or read the old limit, before they were taken has written a charge by then. */
const quietLooks = 3;

/** Removes users. */
export class UserRemoval {
  readonly #parts: UserRemovalParts;
  readonly #serial = new Serial();

  constructor(parts: UserRemovalParts) {
    this.#parts = parts;
    parts.bus.subscribe((event, origin) => {
      // A publication that is not recorded is known to its own server alone.
      if (event.type === "user_removed" && origin === "elsewhere") void parts.erasing.unpublish(event.userId);
    });
  }

  /**
   * Removes everything that is a user's own. Idempotent; also for somebody of whom nothing is known.
   * @throws ReplayError `not_ready` when a clip of theirs is still being made after 15 s; errors of files and database. Done again, it goes on.
   */
  remove(actor: Actor, userId: string): Promise<void> {
    return this.#serial.run(userId, async () => {
      const from = await this.#known(userId);
      const change: Change = { action: "user.remove", communityId: null, target: userId, from, to: null };
      await this.#parts.audit.change(actor, change, () => this.#remove(userId));
    });
  }

  async #known(userId: string): Promise<object> {
    const { catalog, rows, ledger } = this.#parts;
    const person = await rows?.person(userId);
    const { usedBytes } = await ledger.quotaOf(userId);
    return {
      name: person?.name ?? null,
      admin: person?.admin ?? false,
      communities: ((await rows?.membershipsOf(userId)) ?? []).map(({ communityId }) => communityId),
      sessions: (await catalog.sessions.ofUser(userId)).length,
      clips: (await catalog.clips.ofUser(userId)).length,
      usedBytes,
    };
  }

  async #remove(userId: string): Promise<void> {
    const { rows, ledger, bus } = this.#parts;
    // Rights first, so that nothing new comes; the person's row last, so that the removal can be found and done again.
    await this.#takeRights(userId);
    // Also where the host application was asked a moment ago.
    bus.publish({ type: "user_removed", userId });
    // What was let through before has no room: it is refused as it asks for it, at whichever server.
    await ledger.setLimit(userId, 0);
    await this.#untilNothingIsLeft(userId);
    await ledger.setLimit(userId, null);
    await rows?.removePerson(userId);
  }

  async #takeRights(userId: string): Promise<void> {
    const { rows } = this.#parts;
    if (!rows) return;
    const person = await rows.person(userId);
    if (person?.admin === true) await rows.putPerson({ ...person, admin: false });
    for (const { communityId } of await rows.membershipsOf(userId)) await rows.removeMember(communityId, userId);
  }

  /** A start or a capture that was let through before the rights were taken may come to its end meanwhile: what it made goes too. */
  async #untilNothingIsLeft(userId: string): Promise<void> {
    const { erasing, ledger } = this.#parts;
    let quiet = 0;
    for (let look = 1; quiet < quietLooks; look += 1) {
      await erasing.unpublish(userId);
      const found = (await this.#eraseSessions(userId)) + (await this.#removeClips(userId));
      const { reservedBytes } = await ledger.quotaOf(userId);
      quiet = found === 0 && reservedBytes === 0 ? quiet + 1 : 0;
      if (look >= looks && quiet === 0)
        throw new ReplayError("not_ready", { detail: "A clip of this user is still being made", retryAfterSeconds: 10 });
      if (found === 0 && quiet < quietLooks) await delay(lookEveryMs);
    }
  }

  async #eraseSessions(userId: string): Promise<number> {
    const rows = await this.#parts.catalog.sessions.ofUser(userId);
    for (const row of rows) await this.#parts.erasing.erase(row);
    return rows.length;
  }

  /** An error at one clip does not stop the rest; the first one is thrown when all were tried. */
  async #removeClips(userId: string): Promise<number> {
    const { catalog, remover } = this.#parts;
    const clips = await catalog.clips.ofUser(userId);
    const errors: unknown[] = [];
    for (const clip of clips) await remover.remove(clip).catch((error: unknown) => errors.push(error));
    if (errors.length > 0) throw errors[0];
    return clips.length;
  }
}
