/** Calls to the server of this application. */
import { type Membership, membershipSchema, tokenSchema } from "../server/wire.ts";

const post = async (path: string, headers: Readonly<Record<string, string>>, body: unknown): Promise<unknown> => {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return await response.json();
};

/** Lets somebody in. Throws when the server does not. */
export const join = async (name: string): Promise<Membership> => membershipSchema.parse(await post("/api/join", {}, { name }));

/** A fresh access token for livekit-replay. */
export const replayToken = async ({ key }: Membership): Promise<string> => {
  const answer = await post("/api/replay-token", { authorization: `Bearer ${key}` }, {});
  return tokenSchema.parse(answer).token;
};
