/**
 * Claims: what one server works on while the others must keep away from it. A claim is a lease that is as good as its server is alive:
 * who finds a server dead gives up all that it had. The end that a lease has of its own is only the net.
 */
import { setTimeout as delay } from "node:timers/promises";
import { ReplayError } from "@livekit-replay/contract";
import type { Catalog } from "../catalog/port.js";
import type { Servers } from "./servers.js";

const leaseMs = 10 * 60_000;
const renewMs = 3 * 60_000;
const lookEveryMs = 100;
/** How long who asks for a claim waits for the one who has it. */
const defaultPatienceMs = 10_000;

/** Keeps what a server works on apart from the others' work. One claim may be had several times at once in the same process. */
export class Claims {
  readonly #leases: Catalog["leases"];
  readonly #servers: Pick<Servers, "id">;
  readonly #had = new Map<string, number>();
  /** Had again after others may have had them: what was begun before does not know. */
  readonly #lapsed = new Set<string>();
  /** Taking and giving up of one name in their order. */
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #timer: NodeJS.Timeout;

  constructor(leases: Catalog["leases"], servers: Pick<Servers, "id">) {
    this.#leases = leases;
    this.#servers = servers;
    this.#timer = setInterval(() => this.#renew(), renewMs);
    this.#timer.unref();
  }

  /** True when nobody else has it; then it is this server's until it is given up as often as it was taken. */
  take(name: string): Promise<boolean> {
    return this.#turn(name, async () => {
      const isMore = this.#had.has(name);
      if (!isMore || !(await this.#hasStill(name))) {
        if (!(await this.#lease(name))) return false;
        if (isMore) this.#lapsed.add(name);
      }
      this.#had.set(name, (this.#had.get(name) ?? 0) + 1);
      return true;
    });
  }

  /** Gives it up once. */
  giveUp(name: string): Promise<void> {
    return this.#turn(name, async () => {
      const left = (this.#had.get(name) ?? 0) - 1;
      if (left > 0) this.#had.set(name, left);
      else if (this.#had.delete(name)) {
        this.#lapsed.delete(name);
        await this.#leases.release(name, this.#servers.id);
      }
    });
  }

  /** Works while nobody else has it; that it cannot be given up then is no failure. @throws ReplayError `not_ready` when another server does not give it up in time; what the work throws. */
  async during<T>(name: string, work: () => Promise<T>, patienceMs = defaultPatienceMs): Promise<T> {
    const until = performance.now() + patienceMs;
    while (!(await this.take(name))) {
      if (performance.now() > until)
        throw new ReplayError("not_ready", { detail: "Another server is at work on this", retryAfterSeconds: 5 });
      await delay(lookEveryMs);
    }
    try {
      return await work();
    } finally {
      // What was done is done: a claim that cannot be given up ends by itself.
      await this.giveUp(name).catch(() => undefined);
    }
  }

  /**
   * Asked just before what cannot be taken back.
   * @throws ReplayError `not_ready` when the others took this server for dead: the claim may have gone to one of them, which may have done the work.
   * Where it is free again it is had from then on, so that the work can be begun anew.
   */
  async assertHas(name: string): Promise<void> {
    if (!this.#lapsed.delete(name) && (await this.#hasStill(name))) return;
    await this.#lease(name);
    throw new ReplayError("not_ready", { detail: "Another server may have taken this work over", retryAfterSeconds: 5 });
  }

  /** Renews nothing more; what is still had goes with the server. Idempotent. */
  close(): void {
    clearInterval(this.#timer);
  }

  #renew(): void {
    for (const name of this.#had.keys())
      void this.#turn(name, async () => this.#had.has(name) && this.#hasStill(name)).catch(() => undefined);
  }

  /** False when another server may have had it since it was taken. */
  #hasStill(name: string): Promise<boolean> {
    return this.#leases.renew(name, this.#servers.id, Date.now() + leaseMs);
  }

  #lease(name: string): Promise<boolean> {
    const now = Date.now();
    return this.#leases.take(name, this.#servers.id, now, now + leaseMs);
  }

  #turn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(name) ?? Promise.resolve();
    const done = before.then(work, work);
    this.#turns.set(name, done);
    const clear = (): void => {
      if (this.#turns.get(name) === done) this.#turns.delete(name);
    };
    void done.then(clear, clear);
    return done;
  }
}
