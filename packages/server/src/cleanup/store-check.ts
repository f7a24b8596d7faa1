/** The store's check on request: one at a time, because it walks the whole disk. */
import { type StoreCheck, type StoreFinding, type StoreRepair, ReplayError } from "@livekit-replay/contract";
import type { Actor, AuditLog } from "../audit/log.js";
import type { ClipFinaliser } from "../clips/finalise.js";
import type { Clock } from "../platform/clock.js";
import { breaking, type Finding } from "../store/check/finding.js";
import type { Store } from "../store/open.js";

/** What is checked, and who goes on with what was mended. */
export interface StoreChecksParts {
  readonly store: Pick<Store, "check" | "recover">;
  readonly finaliser: Pick<ClipFinaliser, "enqueue">;
  readonly clock: Clock;
  readonly audit: AuditLog;
}

/** Findings in one answer. */
const most = 1000;
const retryAfterSeconds = 5;

const shown = (findings: readonly Finding[]): StoreFinding[] =>
  findings.slice(0, most).map(({ kind, invariant, path, row, detail }) => ({ kind, invariant, path, row, detail }));

/** Checks and mends. */
export class StoreChecks {
  readonly #parts: StoreChecksParts;
  #busy = false;

  constructor(parts: StoreChecksParts) {
    this.#parts = parts;
  }

  /** What `npm run check-store` finds. Changes nothing. @throws ReplayError `rate_limited` while another one runs */
  check(): Promise<StoreCheck> {
    return this.#alone(() => this.#check());
  }

  /** What the hourly clean-up does, now: mends what can be mended, and looks again. @throws ReplayError `rate_limited` while another one runs */
  repair(actor: Actor): Promise<StoreRepair> {
    const { audit, store, finaliser } = this.#parts;
    return this.#alone(() =>
      audit.change(actor, { action: "store.repair", communityId: null, target: "store", from: null, to: null }, async () => {
        const { mended, finalise } = await store.recover();
        for (const clip of finalise) finaliser.enqueue(clip);
        return { ...(await this.#check()), mended: shown(mended), finalising: finalise.length };
      }),
    );
  }

  async #check(): Promise<StoreCheck> {
    const findings = await this.#parts.store.check();
    const serverTimeMs = this.#parts.clock.now();
    return { broken: breaking(findings).length, total: findings.length, findings: shown(findings), serverTimeMs };
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy) throw new ReplayError("rate_limited", { detail: "The store is being looked through already", retryAfterSeconds });
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }
}
