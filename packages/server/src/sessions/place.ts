/**
 * A place among a community's active sessions: the row that a session needs before anything is recorded.
 * The unique indexes of the catalogue decide (one active session per person, one per slot), so that no race can pass a limit.
 */
import { type ErrorCode, type RecorderKind, ReplayError } from "@livekit-replay/contract";
import type { Catalog, SessionRow } from "../catalog/port.js";
import type { CommunitySettingsSource } from "../communities/settings.js";
import type { Caller } from "../directory/port.js";
import type { Clock } from "../platform/clock.js";
import type { QuotaLedger } from "../quotas/ledger.js";
import type { Store } from "../store/open.js";
import type { Grace } from "./grace.js";

/** For whom and where. */
export interface PlaceOptions {
  readonly caller: Pick<Caller, "userId">;
  readonly roomName: string;
  readonly communityId: string;
  readonly sessionId: string;
  readonly recorder: RecorderKind;
  /** LiveKit identity whose share it is; null for WHIP. */
  readonly identity: string | null;
  /** The person asks for it by `POST /start`: a pause that the session ended with is over. Without it the session goes on paused. */
  readonly asked?: boolean;
}

/** A taken place, and how to give it back when what follows fails. */
export interface Place {
  readonly session: SessionRow;
  /** `new`: first run; `again`: an ended session goes on within its grace; `kept`: it was active all the time. */
  readonly kind: "new" | "again" | "kept";
  giveBack(): Promise<void>;
}

/** What places are decided from. */
export interface PlacesParts {
  readonly catalog: Catalog;
  readonly store: Store;
  readonly ledger: QuotaLedger;
  readonly settings: CommunitySettingsSource;
  readonly grace: Grace;
  readonly clock: Clock;
  readonly minFreeBytes: number;
  /** Id of this server: it has every session that it gives a place to. */
  readonly serverId: string;
}

/** What keeps a recording from beginning, whatever is recorded: the refusals of a place, and those of a recorder. */
export const startRefusals = [
  "community_disabled",
  "already_active",
  "community_limit",
  "quota_exceeded",
  "disk_full",
  "unsupported_codec",
  "recorder_unavailable",
] as const satisfies readonly ErrorCode[];

/** Gives out places. Calls for one person must not overlap. */
export class Places {
  readonly #parts: PlacesParts;

  constructor(parts: PlacesParts) {
    this.#parts = parts;
  }

  /** @throws ReplayError `community_disabled`, `community_limit`, `quota_exceeded`, `disk_full`, `already_active`; nothing is left behind then. */
  async take(options: PlaceOptions): Promise<Place> {
    const maxConcurrent = await this.#check(options);
    const { sessions } = this.#parts.catalog;
    const newest = await sessions.newestIn(options.roomName, options.caller.userId);
    const goesOn = newest?.state === "ended" && !this.#parts.grace.isOver(newest) && sameFiles(newest.recorder, options.recorder);
    if (goesOn) return this.#again(newest, options, maxConcurrent);
    return this.#new(options, maxConcurrent);
  }

  /** The gates in their order: the community first, then the person's quota, then the disk. */
  async #check({ caller, communityId }: PlaceOptions): Promise<number> {
    const { settings, catalog, ledger, store, minFreeBytes } = this.#parts;
    const { enabled, maxConcurrent } = await settings.of(communityId);
    if (!enabled) throw new ReplayError("community_disabled");
    if ((await catalog.sessions.countActive(communityId)) >= maxConcurrent) throw limitReached();
    const quota = await ledger.quotaOf(caller.userId);
    if (quota.usedBytes + quota.reservedBytes >= quota.limitBytes) throw new ReplayError("quota_exceeded");
    if ((await store.freeBytes()) < minFreeBytes) throw new ReplayError("disk_full");
    return maxConcurrent;
  }

  async #new({ caller, roomName, communityId, sessionId, recorder, identity }: PlaceOptions, maxConcurrent: number): Promise<Place> {
    const { catalog, clock, store, serverId } = this.#parts;
    for (let n = 0; n < maxConcurrent; n += 1) {
      const session: SessionRow = {
        id: sessionId,
        userId: caller.userId,
        roomName,
        communityId,
        state: "active",
        recorder,
        startedAtMs: clock.now(),
        endedAtMs: null,
        graceFromMs: null,
        recorderId: null,
        heartbeatAtMs: clock.now(),
        serverId,
        publicationId: null,
        identity,
        endedBy: null,
        pausedAtMs: null,
        slot: `${communityId}:${n}`,
      };
      const inserted = await catalog.sessions.insert(session);
      if (!inserted.ok && inserted.conflict === "user") throw new ReplayError("already_active");
      if (!inserted.ok) continue;
      const giveBack = async (): Promise<void> => {
        await catalog.sessions.remove(session.id);
        await store.buffers.remove({ roomName, userId: caller.userId, sessionId });
      };
      return { session, kind: "new", giveBack };
    }
    throw limitReached();
  }

  async #again(ended: SessionRow, { recorder, identity, asked = false }: PlaceOptions, maxConcurrent: number): Promise<Place> {
    const { sessions } = this.#parts.catalog;
    for (let n = 0; n < maxConcurrent; n += 1) {
      const change = {
        state: "active",
        recorder,
        identity,
        endedAtMs: null,
        graceFromMs: null,
        endedBy: null,
        pausedAtMs: asked ? null : ended.pausedAtMs,
        heartbeatAtMs: this.#parts.clock.now(),
        serverId: this.#parts.serverId,
        slot: `${ended.communityId}:${n}`,
      } as const;
      if (await sessions.update(ended.id, "ended", change)) {
        const { recorder: recorderBefore, identity: identityBefore, endedAtMs, graceFromMs, endedBy, pausedAtMs } = ended;
        const before = { recorder: recorderBefore, identity: identityBefore, endedAtMs, graceFromMs, endedBy, pausedAtMs };
        const giveBack = async (): Promise<void> => {
          await sessions.update(ended.id, "active", {
            ...before,
            state: "ended",
            heartbeatAtMs: null,
            serverId: null,
            slot: null,
            recorderId: null,
            publicationId: null,
          });
        };
        return { session: { ...ended, ...change }, kind: "again", giveBack };
      }
      if (await sessions.activeOf(ended.userId)) throw new ReplayError("already_active");
    }
    throw limitReached();
  }
}

/** Egress writes files of another kind: a session has files of one kind. */
const sameFiles = (one: RecorderKind, other: RecorderKind): boolean => (one === "egress") === (other === "egress");

const limitReached = (): ReplayError => new ReplayError("community_limit", { retryAfterSeconds: 30 });
