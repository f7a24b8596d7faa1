/** Which of several servers cleans up for all: the one that has the lease, as long as it lives and renews it. */
import type { Catalog } from "../catalog/port.js";
import type { Metrics } from "../platform/metrics.js";

const leaseName = "cleanup";
/** Three turns of the job that renews it. A server that dies loses it earlier: as soon as another one finds it dead. */
const leaseMs = 15_000;

/** Takes the lease, and keeps it by asking for it again. */
export class Keeper {
  readonly #leases: Catalog["leases"];
  readonly #serverId: string;
  #had = false;

  constructor({ leases }: Pick<Catalog, "leases">, serverId: string, metrics: Metrics) {
    this.#leases = leases;
    this.#serverId = serverId;
    metrics.gauge("cleanup_keeper", "Whether this server cleans up for all servers on its database", () => (this.#had ? 1 : 0));
  }

  /** Takes or renews the lease; false while another server has it. By the machine's clock, as all leases. */
  async isKeeper(): Promise<boolean> {
    const now = Date.now();
    this.#had = await this.#leases.take(leaseName, this.#serverId, now, now + leaseMs);
    return this.#had;
  }
}
