/**
 * The audit log. A change is written down before it is made: no change without its row, whatever happens in between.
 * A row whose change then failed is followed by a second one, `{action}.failed`; where even that was not written, the server died in the middle.
 */
import type { AuditAction, AuditPage, AuditQuery } from "@livekit-replay/contract";
import type { AuditRow, AuditRows } from "../catalog/port.js";
import type { Caller } from "../directory/port.js";
import type { Clock } from "../platform/clock.js";
import { newId } from "../platform/ids.js";

/** Who changes something. */
export type Actor = Pick<Caller, "userId" | "name">;

/** What is about to be changed. Values are as answers show them: no secret is among them. */
export type Change = Pick<AuditRow, "communityId" | "target" | "from" | "to"> & { readonly action: AuditAction };

/** Writes and lists what people with power changed. */
export class AuditLog {
  readonly #rows: AuditRows;
  readonly #clock: Clock;

  constructor(rows: AuditRows, clock: Clock) {
    this.#rows = rows;
    this.#clock = clock;
  }

  /** Writes the row, then makes the change. A log that cannot be written keeps the change from being made. @throws what `make` throws */
  async change<T>(actor: Actor, change: Change, make: () => Promise<T>): Promise<T> {
    await this.#append(actor, change);
    try {
      return await make();
    } catch (error) {
      // Best effort: what is thrown is why the change failed.
      await this.#append(actor, { ...change, action: `${change.action}.failed` }).catch(() => undefined);
      throw error;
    }
  }

  /** A page of the log, the newest first. */
  async list(query: AuditQuery): Promise<AuditPage> {
    const { page, pageSize } = query;
    const { rows, total } = await this.#rows.list(query);
    const items = rows.map(({ id, atMs, actorId, actorName, action, communityId: where, target, from, to }) => ({
      id,
      atMs: Math.floor(atMs),
      actor: { userId: actorId, name: actorName },
      action,
      communityId: where,
      target,
      from,
      to,
    }));
    return { items, page, pageSize, total };
  }

  #append({ userId, name }: Actor, change: Omit<Change, "action"> & { action: AuditAction | `${AuditAction}.failed` }): Promise<void> {
    return this.#rows.append({ id: newId(), atMs: this.#clock.now(), actorId: userId, actorName: name, ...change });
  }
}
