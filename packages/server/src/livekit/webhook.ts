/**
 * Webhooks of LiveKit: their signature is checked, doubles are dropped, and who is interested hears of the rest.
 * What a webhook says is never taken for the state of things (they come late, twice and out of order): it is a reason to look again.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { ReplayError } from "@livekit-replay/contract";
import { jwtVerify } from "jose";
import { type WebhookEvent, WebhookReceiver } from "livekit-server-sdk";
import type { LivekitConfig } from "../config/read.js";
import type { Clock } from "../platform/clock.js";
import type { Metrics } from "../platform/metrics.js";
import { invalidRequest } from "../platform/validation.js";

/** Media type of a webhook's body. */
export const webhookType = "application/webhook+json";

/** What webhooks are judged by. */
export interface WebhooksParts {
  /** Null: there is no LiveKit, and the route is not there. */
  readonly livekit: LivekitConfig | null;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: { error(fields: object, message: string): void };
}

/** How far the two clocks may be apart. */
const toleranceSeconds = 10;
/** Ids that are remembered to know a double by; the oldest is forgotten first. */
const mostIds = 2000;

const sameText = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one, "latin1"), Buffer.from(other, "latin1"));

/** Receives webhooks. */
export class Webhooks {
  readonly #parts: WebhooksParts;
  readonly #listeners = new Set<(event: WebhookEvent) => void>();
  readonly #ids = new Set<string>();

  constructor(parts: WebhooksParts) {
    this.#parts = parts;
  }

  /** Hears each event once. Answers the function that ends it. */
  on(listener: (event: WebhookEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Takes a webhook as it was sent.
   * @param authorization the header: a JWT signed with LiveKit's API secret whose `sha256` is the body's
   * @throws ReplayError `unauthenticated`, `invalid_request`, `route_not_found` without LiveKit
   */
  async receive(body: string, authorization: string | undefined): Promise<void> {
    const { livekit, metrics } = this.#parts;
    if (!livekit) throw new ReplayError("route_not_found");
    await this.#check(livekit, body, authorization);
    const event = await eventOf(livekit, body);
    const outcome = this.#isDouble(event.id) ? "double" : "taken";
    metrics.count("livekit_webhooks_total", "Webhooks of LiveKit whose signature was right", { outcome });
    if (outcome === "taken") this.#tell(event);
  }

  async #check({ apiKey, apiSecret }: LivekitConfig, body: string, authorization: string | undefined): Promise<void> {
    const token = (authorization ?? "").replace(/^Bearer +/i, "");
    const key = new TextEncoder().encode(apiSecret);
    const options = {
      issuer: apiKey,
      algorithms: ["HS256"],
      clockTolerance: toleranceSeconds,
      currentDate: new Date(this.#parts.clock.now()),
    };
    const claims = await jwtVerify(token, key, options).then(
      ({ payload }) => payload,
      (error: unknown) => {
        throw new ReplayError("unauthenticated", { detail: "The signature of the webhook is not valid", cause: error });
      },
    );
    const signed = claims["sha256"];
    if (typeof signed !== "string" || !sameText(signed, createHash("sha256").update(body).digest("base64")))
      throw new ReplayError("unauthenticated", { detail: "The webhook's body is not the one that was signed" });
  }

  #isDouble(id: string): boolean {
    if (id === "") return false;
    if (this.#ids.has(id)) return true;
    this.#ids.add(id);
    if (this.#ids.size > mostIds) for (const oldest of [...this.#ids].slice(0, 1)) this.#ids.delete(oldest);
    return false;
  }

  #tell(event: WebhookEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#parts.logger.error({ err: error, event: event.event }, "a listener of webhooks failed");
      }
    }
  }
}

/** The signature is checked by our own clock before; the SDK reads the body. */
async function eventOf({ apiKey, apiSecret }: LivekitConfig, body: string): Promise<WebhookEvent> {
  try {
    return await new WebhookReceiver(apiKey, apiSecret).receive(body, undefined, true);
  } catch (error) {
    const refusal = invalidRequest([{ message: "The body is not a webhook of LiveKit", path: [] }]);
    throw new ReplayError(refusal.code, { detail: refusal.message, cause: error });
  }
}
