/**
 * The one table from route to rule: who may call it, and what the thing named in its address must allow. The guard refuses a route that has no rule.
 * What a body names (a session to capture, a channel to share to) is asked for by the service behind the route, through `Rights`.
 */
import type { Permission } from "@livekit-replay/contract";
import type { ChannelNeed, ClipNeed, SessionNeed } from "./rights.js";

/** What the address names, and what must be allowed with it. */
export type Need =
  | { readonly room: Permission | "member" }
  | { readonly session: SessionNeed }
  | { readonly clip: ClipNeed }
  | { readonly channel: ChannelNeed }
  | { readonly community: Permission }
  /** The caller is instance admin: for anybody else 403, whatever the address names. */
  | { readonly admin: true }
  | { readonly publication: "own" };

/** What requests of one person are counted together (`auth/rate.ts`). */
export type RateKind = "start" | "capture" | "share" | "write";

/** Who may call a route. */
export type Rule =
  /** No token is asked for. */
  | { readonly who: "anyone" }
  /** Another server on the same database, by its signature. */
  | { readonly who: "server" }
  /** Anyone, or who knows `METRICS_TOKEN` when it is set. */
  | { readonly who: "metrics" }
  /** Anyone, in demo mode; otherwise the route is not there. */
  | { readonly who: "demo" }
  /** A valid access token. */
  | { readonly who: "person"; readonly needs: Need | null; readonly rate?: RateKind }
  /** A valid access token, or a signed link of that clip or session. */
  | { readonly who: "person or link"; readonly needs: { readonly session: SessionNeed } | { readonly clip: ClipNeed } };

/** Where the API begins. */
export const basePath = "/livekit-replay";

const anyone: Rule = { who: "anyone" };
const demo: Rule = { who: "demo" };
const server: Rule = { who: "server" };
const person = (needs: Need | null = null, rate?: RateKind): Rule => ({ who: "person", needs, ...(rate === undefined ? {} : { rate }) });
const playsClip: Rule = { who: "person or link", needs: { clip: "read" } };
const playsSession: Rule = { who: "person or link", needs: { session: "rewind" } };

const admin = person({ admin: true });

/** A list of the built-in directory and its entries: for instance admins, every one of them. */
const directory = (list: string, key: string): Readonly<Record<string, Rule>> => ({
  [`GET ${list}`]: admin,
  ...Object.fromEntries(["GET", "PUT", "DELETE"].map((method) => [`${method} ${list}/:${key}`, admin])),
});

const operations: Readonly<Record<string, Rule>> = {
  "GET /healthz": anyone,
  "GET /readyz": anyone,
  "GET /metrics": { who: "metrics" },
};

const api: Readonly<Record<string, Rule>> = {
  "GET /demo/people": demo,
  "POST /demo/sign-in": demo,
  "GET /page": anyone,
  "GET /me": person(),
  "GET /me/events": person(),
  "POST /start": person(null, "start"),
  "POST /stop/:sessionId": person({ session: "stop" }),
  "GET /status/:roomName": person({ room: "member" }),
  "GET /rooms/:roomName/events": person({ room: "member" }),
  "OPTIONS /whip/:roomName": anyone,
  "POST /whip/:roomName": person({ room: "ENABLE_REPLAY_BUFFER" }, "start"),
  "OPTIONS /whip/resource/:publicationId": anyone,
  "PATCH /whip/resource/:publicationId": person({ publication: "own" }),
  "DELETE /whip/resource/:publicationId": person({ publication: "own" }),
  "GET /sessions/:sessionId/live.m3u8": playsSession,
  "GET /sessions/:sessionId/media/:file": playsSession,
  "GET /sessions/:sessionId/strip.jpg": playsSession,
  "GET /sessions/:sessionId/frames": playsSession,
  "POST /sessions/:sessionId/pause": person({ session: "own" }, "write"),
  "POST /sessions/:sessionId/resume": person({ session: "own" }, "write"),
  "POST /sessions/:sessionId/forget": person({ session: "own" }, "write"),
  "POST /capture": person(null, "capture"),
  "GET /my-clips": person(),
  "GET /clips-of-me": person(),
  "GET /clips/:clipId": person({ clip: "read" }),
  "PATCH /clips/:clipId": person({ clip: "edit" }),
  "DELETE /clips/:clipId": person({ clip: "delete" }),
  "POST /clips/:clipId/trim": person({ clip: "edit" }, "capture"),
  "POST /clips/:clipId/share": person({ clip: "edit" }, "share"),
  "GET /clips/:clipId/playlist.m3u8": playsClip,
  "GET /clips/:clipId/media/:file": playsClip,
  "GET /clips/:clipId/clip.webm": playsClip,
  "GET /clips/:clipId/download": playsClip,
  "GET /clips/:clipId/poster.jpg": playsClip,
  "GET /clips/:clipId/strip.jpg": playsClip,
  "GET /clips/:clipId/frames": playsClip,
  "GET /channels/:channelId/posts": person({ channel: "read" }),
  "GET /admin/community/:communityId/config": person({ community: "MANAGE_REPLAY_LIMITS" }),
  "PATCH /admin/community/:communityId/config": person({ community: "MANAGE_REPLAY_LIMITS" }),
  // The community is in the query, or it is all of them: the service asks.
  "GET /admin/sessions": person(),
  "POST /admin/sessions/:sessionId/stop": person({ session: "manage" }),
  "GET /admin/users": admin,
  "GET /admin/users/:userId/quota": admin,
  "PATCH /admin/users/:userId/quota": admin,
  "DELETE /admin/users/:userId": admin,
  "DELETE /admin/communities/:communityId": admin,
  "DELETE /admin/rooms/:roomName": admin,
  "DELETE /admin/channels/:channelId": admin,
  "GET /admin/audit": admin,
  "GET /admin/store-check": admin,
  "POST /admin/store-check/repair": admin,
  ...directory("/directory/communities", "communityId"),
  ...directory("/directory/communities/:communityId/rooms", "roomName"),
  ...directory("/directory/communities/:communityId/channels", "channelId"),
  ...directory("/directory/communities/:communityId/roles", "role"),
  ...directory("/directory/communities/:communityId/members", "userId"),
  ...directory("/directory/people", "userId"),
  // The room is in the body: the service asks.
  "POST /livekit/token": person(),
  "GET /servers/alive": server,
  "GET /servers/publications": server,
  "GET /servers/presence": server,
  "POST /servers/events": server,
  "POST /servers/end": server,
  // LiveKit signs what it sends; the service judges it.
  "POST /livekit/webhook": anyone,
  // Who posted something may take it back even where they cannot read any more: the service asks.
  "DELETE /channels/:channelId/posts/:postId": person(),
};

/** Methods that RFC 9725 (4.1, 4.3) reserves: answered 405 whoever asks, so that a person learns what is wrong before any right is asked. */
const reserved = ["GET", "PUT"].map((method) => [`${method} ${basePath}/whip/:roomName`, anyone] as const);
const reservedResource = ["GET", "PUT", "POST"].map((method) => [`${method} ${basePath}/whip/resource/:publicationId`, anyone] as const);

/** Method and route pattern (as the router knows it) to rule. `HEAD` follows `GET`. */
export const rules: ReadonlyMap<string, Rule> = new Map([
  ...Object.entries(operations),
  ...Object.entries(api).map(([route, rule]) => [route.replace(" ", ` ${basePath}`), rule] as const),
  ...reserved,
  ...reservedResource,
]);

/** The rule of a route; undefined when it has none. */
export function ruleOf(method: string, pattern: string): Rule | undefined {
  return rules.get(`${method === "HEAD" ? "GET" : method} ${pattern}`);
}

/** What requests to a route count as; null: they are not counted. Reading is not, writing is, whatever it is. */
export function rateOf(method: string, rule: Rule): RateKind | null {
  if (rule.who !== "person") return null;
  return rule.rate ?? (method === "GET" || method === "HEAD" ? null : "write");
}
