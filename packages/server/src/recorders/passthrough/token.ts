/** The recorder's own access to a room: it may listen, it is not seen, and it turns the room's recording indicator on. */
import { randomBytes } from "node:crypto";
import { AccessToken } from "livekit-server-sdk";

/** How LiveKit is reached and asked. The secret is never logged. */
export interface LivekitAccess {
  /** `ws:` or `wss:`, without a slash at its end. */
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** Enough to join; LiveKit does not end a connection whose token has expired. */
const LIFETIME_SECONDS = 120;

/**
 * A token for one attempt to join a room. The identity is new each time: LiveKit remembers of an identity that its connection failed, and offers it TCP only;
 * and an old connection that it still holds would be taken for the new one.
 */
export async function recorderToken({ apiKey, apiSecret }: LivekitAccess, room: string): Promise<string> {
  const identity = `replay-recorder-${randomBytes(9).toString("base64url")}`;
  const token = new AccessToken(apiKey, apiSecret, { identity, ttl: LIFETIME_SECONDS });
  token.addGrant({
    roomJoin: true,
    room,
    canSubscribe: true,
    canPublish: false,
    canPublishData: false,
    hidden: true,
    recorder: true,
  });
  return token.toJwt();
}
