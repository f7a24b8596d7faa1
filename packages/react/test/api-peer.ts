/** The product's server in memory: answers of its API, in turn or by a function, and what it was asked. */
import { errorCatalogue, type ErrorCode } from "@livekit-replay/contract";
import { ReplayClient } from "@livekit-replay/client";

/** One request as it came. */
export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** An answer: a body, or a refusal. */
export type Answer = { readonly body: unknown } | { readonly refuse: ErrorCode };

/** Answers by method and path (below the base address). Undefined: 404. */
export type Answering = (heard: Heard) => Answer | undefined;

const problem = (code: ErrorCode): Response => {
  const { status, detail } = errorCatalogue[code];
  const body = { type: "about:blank", title: "No", status, detail, code, requestId: "r" };
  return Response.json(body, { status, headers: { "content-type": "application/problem+json" } });
};

/** A client of a server that answers so, and everything that it heard. */
export const apiPeer = (answer: Answering): { readonly client: ReplayClient; readonly heard: readonly Heard[] } => {
  const heard: Heard[] = [];
  const fetch = (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    const call: Heard = { method: init.method ?? "GET", path: pathname.replace("/livekit-replay", ""), body };
    heard.push(call);
    const given = answer(call) ?? { refuse: "route_not_found" as const };
    return Promise.resolve("refuse" in given ? problem(given.refuse) : Response.json(given.body));
  };
  return { client: new ReplayClient({ baseUrl: "http://server.test/livekit-replay", fetch, backoff: { firstMs: 1 } }), heard };
};
