/** Tokens to join LiveKit rooms with, for the page. */
import { type LivekitToken, type LivekitTokenRequest, ReplayError } from "@livekit-replay/contract";
import { AccessToken } from "livekit-server-sdk";
import type { LivekitConfig } from "../config/read.js";
import type { Caller } from "../directory/port.js";
import type { Clock } from "../platform/clock.js";
import { invalidRequest } from "../platform/validation.js";
import type { IdentityOwners } from "./identity.js";

/** What tokens are made from. */
export interface RoomTokensParts {
  /** Null: there is no LiveKit, and the route is not there. */
  readonly livekit: LivekitConfig | null;
  readonly owners: IdentityOwners;
  readonly clock: Clock;
}

/** LiveKit looks at a token when somebody joins; who was let in stays. */
const longestSeconds = 3600;

/** Makes tokens. */
export class RoomTokens {
  readonly #parts: RoomTokensParts;

  constructor(parts: RoomTokensParts) {
    this.#parts = parts;
  }

  /**
   * A token for a room that the caller may be in: seen by the others, may publish, subscribe and send data. It ends with the caller's own token, after an hour at the latest.
   * @throws ReplayError `route_not_found` without LiveKit, `invalid_request` when the identity would be somebody else's
   */
  async make(caller: Caller, { roomName, device }: LivekitTokenRequest): Promise<LivekitToken> {
    const { livekit, owners, clock } = this.#parts;
    if (!livekit) throw new ReplayError("route_not_found");
    const identity = device === undefined ? caller.userId : `${caller.userId}#${device}`;
    if (!(await owners.isOf(identity, caller.userId)))
      throw invalidRequest([{ path: ["device"], message: "must be another one: this would be the identity of somebody else" }]);
    const now = clock.now();
    const ttl = Math.max(1, Math.min(longestSeconds, Math.floor((caller.tokenExpiresAtMs - now) / 1000)));
    const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { identity, name: caller.name, ttl });
    token.addGrant({ roomJoin: true, room: roomName, canPublish: true, canSubscribe: true, canPublishData: true });
    return { url: livekit.publicUrl, token: await token.toJwt(), identity, expiresAtMs: Math.floor(now + ttl * 1000) };
  }
}
