/** The client of a provider: the application's own, or one whose token is kept fresh by asking the application. */
import { ReplayClient, TokenKeeper } from "@livekit-replay/client";
import type { TokenWanted } from "@livekit-replay/contract";
import { useEffect, useLayoutEffect, useMemo, useState } from "react";
import { Value } from "../store/value.js";

/** Gives a token of the signed-in person, a JWT; null when there is none at the moment. */
export type GetToken = (why: TokenWanted) => Promise<string | null>;

/** How the server is reached. */
export type ReplayAccess =
  | {
      /** A client of the application's own. */
      readonly client: ReplayClient;
      readonly baseUrl?: never;
      readonly getToken?: never;
    }
  | {
      /** Address of the API with its base path: `https://replay.example/livekit-replay`. */
      readonly baseUrl: string;
      /** Asked before the token ends and when the server refuses it; again with growing pauses when it fails. Tokens of anybody else than `userId` are not taken. */
      readonly getToken: GetToken;
      readonly client?: never;
    };

interface Kept {
  readonly client: ReplayClient;
  readonly keeper: TokenKeeper;
}

const newKept = (baseUrl: string, userId: string | undefined, ask: GetToken): Kept => {
  const keeper = new TokenKeeper({ ask, now: () => client.clock.now(), ...(userId !== undefined && { userId }) });
  const client = new ReplayClient({ baseUrl, getToken: (question) => (userId === undefined ? null : keeper.source(question)) });
  return { client, keeper };
};

/** Another person has another client: their tokens never meet. */
export const useClient = ({ client, baseUrl, getToken }: ReplayAccess, userId: string | undefined): ReplayClient => {
  const [latest] = useState(() => new Value(getToken));
  useLayoutEffect(() => latest.set(getToken), [latest, getToken]);
  const kept = useMemo(
    () => (baseUrl === undefined ? undefined : newKept(baseUrl, userId, async (why) => (await latest.get()?.(why)) ?? null)),
    [baseUrl, userId, latest],
  );
  useEffect(() => {
    kept?.keeper.open();
    return () => kept?.keeper.close();
  }, [kept]);
  if (client !== undefined) return client;
  if (kept === undefined) throw new TypeError("ReplayProvider needs a client, or baseUrl with getToken");
  return kept.client;
};
