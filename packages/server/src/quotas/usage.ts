/** Who keeps how much, and how much they may: for who runs the server. */
import type { EditQuota, PageQuery, Quota, UserUsage, UserUsagePage } from "@livekit-replay/contract";
import type { Actor, AuditLog } from "../audit/log.js";
import type { QuotaRows } from "../catalog/port.js";
import { nameOf } from "../directory/name.js";
import type { Directory } from "../directory/port.js";
import type { EventBus } from "../events/bus.js";
import { pageOf } from "../platform/page.js";
import { Serial } from "../platform/serial.js";
import type { Store } from "../store/open.js";
import type { QuotaLedger } from "./ledger.js";

/** What it is found out from. */
export interface UsageParts {
  readonly rows: QuotaRows;
  readonly ledger: QuotaLedger;
  readonly directory: Directory;
  readonly store: Pick<Store, "freeBytes">;
  readonly bus: EventBus;
  readonly audit: AuditLog;
}

type Balance = Pick<Quota, "usedBytes" | "reservedBytes"> & { readonly userId: string };

const sumOf = (balances: readonly Balance[], part: "usedBytes" | "reservedBytes"): number =>
  balances.reduce((sum, balance) => sum + balance[part], 0);
const held = ({ usedBytes, reservedBytes }: Balance): number => usedBytes + reservedBytes;

/** Answers usage, and changes limits. */
export class Usage {
  readonly #parts: UsageParts;
  readonly #serial = new Serial();

  constructor(parts: UsageParts) {
    this.#parts = parts;
  }

  /** Everybody who ever kept something, who keeps most first; and the sums over all of them. @throws ReplayError `directory_unavailable` */
  async list(query: PageQuery): Promise<UserUsagePage> {
    const { rows, ledger, store } = this.#parts;
    const balances: Balance[] = [];
    for (const userId of await rows.users()) {
      const newest = await rows.newest(userId);
      if (newest) balances.push({ userId, usedBytes: newest.usedBytes, reservedBytes: newest.reservedBytes });
    }
    balances.sort((one, other) => held(other) - held(one) || (one.userId < other.userId ? -1 : 1));
    const page = pageOf(balances, query);
    const items: UserUsage[] = [];
    for (const { userId } of page.items) items.push(await this.#usageOf(userId));
    return {
      ...page,
      items,
      usedBytes: sumOf(balances, "usedBytes"),
      reservedBytes: sumOf(balances, "reservedBytes"),
      defaultLimitBytes: ledger.defaultLimitBytes,
      freeBytes: await store.freeBytes(),
    };
  }

  /** A user's quota; the default for somebody who never kept anything. */
  of(userId: string): Promise<Quota> {
    return this.#parts.ledger.quotaOf(userId);
  }

  /** Sets a user's limit. Below what is used nothing is deleted; new clips are refused. The user hears of it. */
  edit(actor: Actor, userId: string, { limitBytes }: EditQuota): Promise<Quota> {
    const { rows, ledger, audit, bus } = this.#parts;
    return this.#serial.run(userId, async () => {
      const before = await rows.limitOf(userId);
      if (before !== limitBytes) {
        const [from, to] = [{ limitBytes: before }, { limitBytes }];
        await audit.change(actor, { action: "user_quota.edit", communityId: null, target: userId, from, to }, () =>
          ledger.setLimit(userId, limitBytes),
        );
        bus.publish({ type: "quota", userId });
      }
      return ledger.quotaOf(userId);
    });
  }

  async #usageOf(userId: string): Promise<UserUsage> {
    const { rows, directory, ledger } = this.#parts;
    const name = await nameOf(directory, userId, userId);
    return { userId, name, quota: await ledger.quotaOf(userId), ownLimitBytes: await rows.limitOf(userId) };
  }
}
