/** How `GET /me` is asked for and cached: by components and by stores. */
import type { ReplayClient } from "@livekit-replay/client";
import type { Me } from "@livekit-replay/contract";
import type { QueryFunctionContext } from "@tanstack/react-query";
import { keys } from "../provider/keys.js";

/** Options of a query for the signed-in person. */
export const meQuery = (
  client: ReplayClient,
): {
  readonly queryKey: typeof keys.me;
  readonly queryFn: (context: QueryFunctionContext<typeof keys.me>) => Promise<Me>;
  readonly staleTime: number;
} => ({ queryKey: keys.me, queryFn: ({ signal }) => client.me.get(signal), staleTime: 5 * 60_000 });
