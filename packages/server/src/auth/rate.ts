/**
 * Rate limits: how often one person may start, capture, share and write, and one address may fail to sign in, in any minute.
 * Counted in this process alone (a server of several lets through as many times more): the limits protect what a request costs here, and a count in
 * the database would cost as much as most requests. Memory is bounded: beyond so many people and addresses, those that are new share counts.
 */
import { createHash } from "node:crypto";
import { normalizeIp, ThrottlerStorageService } from "@nestjs/throttler";
import { ReplayError } from "@livekit-replay/contract";
import type { RateConfig } from "../config/read.js";
import type { Caller } from "../directory/port.js";
import type { Metrics } from "../platform/metrics.js";
import type { RateKind } from "./rules.js";

const minuteMs = 60_000;
/** People and addresses that are counted by themselves. Each costs some hundred bytes, and eight for each request of the last minute. */
const mostCounts = 20_000;
/** Counts that all the others share. */
const sharedCounts = 1024;

/** Counts requests. */
export class RateLimits {
  readonly #limits: RateConfig;
  readonly #metrics: Metrics;
  readonly #counts = new ThrottlerStorageService();
  readonly #mostCounts: number;

  constructor(limits: RateConfig, metrics: Metrics, most: number = mostCounts) {
    this.#limits = limits;
    this.#metrics = metrics;
    this.#mostCounts = most;
  }

  /** A person's request. An instance admin may write as often as they like: a host application mirrors its directory so. @throws ReplayError `rate_limited` */
  async person(kind: RateKind | null, caller: Pick<Caller, "userId" | "admin">): Promise<void> {
    if (kind === null || (kind === "write" && caller.admin)) return;
    await this.#count(kind, this.#limits[kind], `${kind} ${caller.userId}`);
  }

  /**
   * A sign-in of an address: one that failed, or one without a password. What lies in one network of 64 bits (IPv6) is one address.
   * @throws ReplayError `rate_limited`
   */
  async address(kind: "failed_sign_in" | "demo_sign_in", ip: string): Promise<void> {
    await this.#count(kind, this.#limits.signIn, `${kind} ${normalizeIp(ip)}`);
  }

  /** How many counts are kept. */
  get counted(): number {
    return this.#counts.storage.size;
  }

  /** Forgets all counts. */
  onApplicationShutdown(): void {
    this.#counts.onApplicationShutdown();
  }

  async #count(kind: string, limit: number, key: string): Promise<void> {
    if (limit === 0) return;
    const { isBlocked, timeToBlockExpire } = await this.#counts.increment(this.#boundedKey(kind, key), minuteMs, limit, 0, kind);
    if (!isBlocked) return;
    this.#metrics.count("rate_limited_total", "Requests that were refused because there were too many, by kind", { kind });
    throw new ReplayError("rate_limited", { retryAfterSeconds: Math.max(1, timeToBlockExpire) });
  }

  #boundedKey(kind: string, key: string): string {
    const { storage } = this.#counts;
    if (storage.size < this.#mostCounts || storage.has(key)) return key;
    return `${kind} shared ${createHash("sha256").update(key).digest().readUInt32BE(0) % sharedCounts}`;
  }
}
