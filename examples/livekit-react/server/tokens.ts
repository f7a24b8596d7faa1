/** The two tokens that a page of this application needs: one for LiveKit, one for livekit-replay. Both are short-lived and name the same person. */
import { SignJWT } from "jose";
import { AccessToken } from "livekit-server-sdk";
import type { Person } from "./people.ts";
import type { Settings } from "./settings.ts";

/** Lets a person into one LiveKit room. LiveKit renews it by itself while they are connected. */
export const livekitToken = async ({ livekit }: Settings, { userId, name }: Person, room: string): Promise<string> => {
  const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { identity: userId, name, ttl: "10m" });
  token.addGrant({ roomJoin: true, room });
  return await token.toJwt();
};

/** Says to livekit-replay who calls. The page asks for a new one before it ends. `admin`: may everything; only for this server itself. */
export const replayToken = async ({ replay }: Settings, { userId, name }: Person, admin = false): Promise<string> =>
  await new SignJWT({ name, ...(admin ? { admin } : {}) })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(userId)
    .setExpirationTime("10m")
    .sign(new TextEncoder().encode(replay.jwtSecret));
