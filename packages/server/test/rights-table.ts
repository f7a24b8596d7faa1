/**
 * Who may what: every route, asked by everybody, with the answer that each must get. `rights.test.ts` asks all of it on both databases; the page
 * `docs/ref/permissions.md` is made of it. The table of rules (`src/auth/rules.ts`) is what is judged here, so nothing of it is used but its routes.
 */
import { basePath } from "../src/auth/rules.js";

/** Who asks, in the order of the columns. */
export const columns = ["nobody", "stranger", "bare", "guest", "member", "owner", "manager", "admin"] as const;
export type Who = (typeof columns)[number];

/** What the columns mean, for the page. */
export const about: Readonly<Record<Who, string>> = {
  nobody: "sends no token",
  stranger: "has a valid token, and is in no community",
  bare: "a member of the community without any permission",
  guest: "a member with `VIEW_CHANNEL` only",
  member: "a member with `ENABLE_REPLAY_BUFFER`, `CAPTURE_REPLAY`, `VIEW_CHANNEL` and `SEND_MESSAGES`, who is in the room",
  owner: "such a member, whose screen, clip or post it is",
  manager: "such a member with `MANAGE_REPLAY_LIMITS` and `MANAGE_CHANNEL`, who is in the room",
  admin: "an instance admin",
};

/** What a cell of the table says: a status and, where the status alone leaves it open, the code. */
export type Cell = number | `${number} ${string}`;

/** One row. */
export interface Row {
  /** Method and pattern, below the base path unless it lies at the root. */
  readonly route: string;
  /** Which thing, when the route alone does not say. */
  readonly which?: string;
  /** Parameters of the address by name: a text, or `{name}` of a thing that the test has. */
  readonly at?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly cells: readonly [Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell];
  /** Cells that look like a refusal of a right and are none: the person may, and something else is missing. */
  readonly may?: readonly Cell[];
  /** Who may uses it up: it is made anew before the next one asks. */
  readonly fresh?: "private" | "shared" | "ofOwner" | "post" | "room" | "channel" | "role" | "member" | "person" | "community";
  /** Why it is so, for the page. */
  readonly note?: string;
}

const at = (name: string, things: readonly string[], rows: (thing: string) => readonly Row[]): Row[] =>
  things.flatMap((thing) => rows(thing).map((row) => ({ ...row, at: { ...row.at, [name]: thing } })));

const open: Row[] = [
  { route: "GET /healthz", cells: [200, 200, 200, 200, 200, 200, 200, 200] },
  { route: "GET /readyz", cells: [200, 200, 200, 200, 200, 200, 200, 200] },
  { route: "GET /metrics", cells: [200, 200, 200, 200, 200, 200, 200, 200], note: "with `METRICS_TOKEN` set: whoever has it" },
  { route: "GET /page", cells: [200, 200, 200, 200, 200, 200, 200, 200] },
  { route: "GET /demo/people", cells: [200, 200, 200, 200, 200, 200, 200, 200], note: "only where the demo is on" },
  {
    route: "POST /demo/sign-in",
    body: { userId: "carol" },
    cells: [200, 200, 200, 200, 200, 200, 200, 200],
    note: "only where the demo is on",
  },
  {
    route: "POST /livekit/webhook",
    body: "{}",
    contentType: "application/webhook+json",
    cells: [401, 401, 401, 401, 401, 401, 401, 401],
    note: "whoever signs with LiveKit's secret",
  },
];

const me: Row[] = [
  { route: "GET /me", cells: [401, 200, 200, 200, 200, 200, 200, 200] },
  { route: "GET /me/events", cells: [401, 200, 200, 200, 200, 200, 200, 200] },
  { route: "GET /my-clips", cells: [401, 200, 200, 200, 200, 200, 200, 200] },
  { route: "GET /clips-of-me", cells: [401, 200, 200, 200, 200, 200, 200, 200] },
];

const lobby = { roomName: "lobby" };
const rooms: Row[] = [
  { route: "GET /status/:roomName", at: lobby, cells: [401, 404, 200, 200, 200, 200, 200, 200] },
  { route: "GET /rooms/:roomName/events", at: lobby, cells: [401, 404, 200, 200, 200, 200, 200, 200] },
  { route: "POST /livekit/token", body: lobby, cells: [401, 404, 200, 200, 200, 200, 200, 200] },
  {
    route: "POST /start",
    body: lobby,
    cells: [401, 404, 403, 403, "409 not_sharing", "409 already_active", "409 not_sharing", "409 not_sharing"],
    note: "whoever may shares nothing here (or is recorded already)",
  },
  {
    route: "POST /whip/:roomName",
    at: { roomName: "studio" },
    body: "no SDP",
    contentType: "application/sdp",
    cells: [401, 404, 403, 403, 400, "409 already_active", 400, 400],
    note: "whoever may sends no SDP here",
  },
  { route: "OPTIONS /whip/:roomName", at: lobby, cells: [200, 200, 200, 200, 200, 200, 200, 200] },
  { route: "GET /whip/:roomName", at: lobby, cells: [405, 405, 405, 405, 405, 405, 405, 405] },
  { route: "PUT /whip/:roomName", at: lobby, cells: [405, 405, 405, 405, 405, 405, 405, 405] },
  ...["GET", "PUT", "POST"].map((method): Row => ({
    route: `${method} /whip/resource/:publicationId`,
    at: { publicationId: "{publication}" },
    cells: [405, 405, 405, 405, 405, 405, 405, 405],
  })),
  {
    route: "OPTIONS /whip/resource/:publicationId",
    at: { publicationId: "{publication}" },
    cells: [200, 200, 200, 200, 200, 200, 200, 200],
  },
  {
    route: "PATCH /whip/resource/:publicationId",
    at: { publicationId: "{publication}" },
    body: "a=ice-ufrag:x",
    contentType: "application/trickle-ice-sdpfrag",
    cells: [401, 404, 404, 404, 404, 428, 404, 404],
  },
];

const past: Row[] = at("sessionId", ["{session}"], () => [
  { route: "GET /sessions/:sessionId/live.m3u8", cells: [401, 404, 403, 403, 200, 200, 200, 200] },
  { route: "GET /sessions/:sessionId/media/:file", at: { file: "init-0.mp4" }, cells: [401, 404, 403, 403, 200, 200, 200, 200] },
  { route: "GET /sessions/:sessionId/strip.jpg", cells: [401, 404, 403, 403, 200, 200, 200, 200] },
  { route: "GET /sessions/:sessionId/frames", cells: [401, 404, 403, 403, 200, 200, 200, 200] },
]);

const captures: Row[] = [
  {
    route: "POST /capture",
    which: "in the library",
    body: { sessionId: "{session}", durationSeconds: 1 },
    cells: [401, 404, 403, 403, 201, 201, 201, 201],
    note: "where `whoMayCapture` is `owner`: the owner and instance admins only",
  },
  {
    route: "POST /capture",
    which: "into a channel that is not there",
    body: { sessionId: "{session}", durationSeconds: 1, shareOption: "channel", targetChannelId: "elsewhere" },
    cells: [401, 404, 403, 403, "404 channel_not_found", "404 channel_not_found", "404 channel_not_found", "404 channel_not_found"],
  },
];

/** Files of a clip: who can read it. */
const files = (which: string, cells: Row["cells"]): Row[] => [
  { route: "GET /clips/:clipId", which, cells },
  { route: "GET /clips/:clipId/playlist.m3u8", which, cells },
  { route: "GET /clips/:clipId/media/:file", which, at: { file: "init-0.mp4" }, cells },
  { route: "GET /clips/:clipId/download", which, cells },
  { route: "GET /clips/:clipId/poster.jpg", which, cells },
  { route: "GET /clips/:clipId/strip.jpg", which, cells },
  { route: "GET /clips/:clipId/frames", which, cells },
];

/** `clip.webm` is not there for H.264, whoever asks: the code tells who may ask. */
const webm = (which: string, cells: Row["cells"]): Row => ({
  route: "GET /clips/:clipId/clip.webm",
  which,
  cells,
  may: ["404 no_segments"],
  note: "only clips of VP8 have one",
});

const none = "404 clip_not_found";
const noWebm = "404 no_segments";
const tooLate = { startMs: 5_000_000, endMs: 6_000_000 };
const clips: Row[] = [
  ...at("clipId", ["{private}"], () => [
    ...files("not shared", [401, 404, 404, 404, 404, 200, 404, 200]),
    webm("not shared", [401, none, none, none, none, noWebm, none, noWebm]),
    { route: "PATCH /clips/:clipId", which: "not shared", body: { title: "Mine" }, cells: [401, 404, 404, 404, 404, 200, 404, 200] },
    { route: "POST /clips/:clipId/trim", which: "not shared", body: tooLate, cells: [401, 404, 404, 404, 404, 400, 404, 400] },
    {
      route: "POST /clips/:clipId/share",
      which: "to a channel that is not there",
      body: { channelId: "elsewhere" },
      cells: [401, none, none, none, none, "404 channel_not_found", none, "404 channel_not_found"],
    },
    { route: "DELETE /clips/:clipId", which: "not shared", fresh: "private", cells: [401, 404, 404, 404, 404, 204, 404, 204] },
  ]),
  ...at("clipId", ["{shared}"], () => [
    ...files("shared to a channel", [401, 404, 404, 200, 200, 200, 200, 200]),
    webm("shared to a channel", [401, none, none, noWebm, noWebm, noWebm, noWebm, noWebm]),
    {
      route: "PATCH /clips/:clipId",
      which: "shared to a channel",
      body: { title: "Ours" },
      cells: [401, 404, 404, 403, 403, 200, 403, 200],
    },
    { route: "POST /clips/:clipId/trim", which: "shared to a channel", body: tooLate, cells: [401, 404, 404, 403, 403, 400, 403, 400] },
    {
      route: "POST /clips/:clipId/share",
      which: "shared to a channel",
      body: { channelId: "clips" },
      cells: [401, 404, 404, 403, 403, 201, 403, 201],
    },
    { route: "DELETE /clips/:clipId", which: "shared to a channel", fresh: "shared", cells: [401, 404, 404, 403, 403, 204, 403, 204] },
  ]),
  ...at("clipId", ["{ofOwner}"], () => [
    { route: "GET /clips/:clipId", which: "the member's, of the owner's share", cells: [401, 404, 404, 404, 200, 404, 404, 200] },
    {
      route: "DELETE /clips/:clipId",
      which: "the member's, of the owner's share",
      fresh: "ofOwner",
      cells: [401, 404, 404, 404, 204, 204, 404, 204],
      note: "who shared the screen may withdraw it, and not watch it",
    },
  ]),
];

const channels: Row[] = [
  { route: "GET /channels/:channelId/posts", at: { channelId: "clips" }, cells: [401, 404, 404, 200, 200, 200, 200, 200] },
  {
    route: "DELETE /channels/:channelId/posts/:postId",
    at: { channelId: "clips", postId: "{post}" },
    fresh: "post",
    cells: [401, 404, 404, 403, 403, 204, 204, 204],
  },
];

const config = "/admin/community/:communityId/config";
const admin: Row[] = [
  { route: `GET ${config}`, at: { communityId: "demo" }, cells: [401, 404, 403, 403, 403, 403, 200, 200] },
  { route: `PATCH ${config}`, at: { communityId: "demo" }, body: { maxConcurrent: 5 }, cells: [401, 404, 403, 403, 403, 403, 200, 200] },
  { route: "GET /admin/sessions", which: "of a community", query: "?communityId=demo", cells: [401, 404, 403, 403, 403, 403, 200, 200] },
  { route: "GET /admin/sessions", which: "all", cells: [401, 403, 403, 403, 403, 403, 403, 200] },
  { route: "GET /admin/users", cells: [401, 403, 403, 403, 403, 403, 403, 200] },
  { route: "GET /admin/users/:userId/quota", at: { userId: "bob" }, cells: [401, 403, 403, 403, 403, 403, 403, 200] },
  {
    route: "PATCH /admin/users/:userId/quota",
    at: { userId: "bob" },
    body: { limitBytes: 5_000_000_000 },
    cells: [401, 403, 403, 403, 403, 403, 403, 200],
  },
  { route: "DELETE /admin/users/:userId", at: { userId: "spare" }, cells: [401, 403, 403, 403, 403, 403, 403, 204] },
  { route: "DELETE /admin/communities/:communityId", at: { communityId: "spare" }, cells: [401, 403, 403, 403, 403, 403, 403, 204] },
  { route: "DELETE /admin/rooms/:roomName", at: { roomName: "spare" }, cells: [401, 403, 403, 403, 403, 403, 403, 204] },
  { route: "DELETE /admin/channels/:channelId", at: { channelId: "spare" }, cells: [401, 403, 403, 403, 403, 403, 403, 204] },
  { route: "GET /admin/audit", cells: [401, 403, 403, 403, 403, 403, 403, 200] },
  { route: "GET /admin/store-check", cells: [401, 403, 403, 403, 403, 403, 403, 200] },
  { route: "POST /admin/store-check/repair", cells: [401, 403, 403, 403, 403, 403, 403, 200] },
];

const onlyAdmin = [401, 403, 403, 403, 403, 403, 403] as const;
const entries: readonly (readonly [list: string, key: string, fresh: NonNullable<Row["fresh"]>, body: unknown])[] = [
  ["/directory/communities", "communityId", "community", { name: "Spare" }],
  ["/directory/communities/:communityId/rooms", "roomName", "room", { title: "Spare" }],
  ["/directory/communities/:communityId/channels", "channelId", "channel", { name: "spare" }],
  ["/directory/communities/:communityId/roles", "role", "role", { permissions: ["VIEW_CHANNEL"] }],
  ["/directory/communities/:communityId/members", "userId", "member", { roles: ["spare"] }],
  ["/directory/people", "userId", "person", { name: "Spare" }],
];

const directory: Row[] = entries.flatMap(([list, key, fresh, body]): Row[] => {
  const place = { communityId: "demo", [key]: "spare" };
  return [
    { route: `GET ${list}`, at: place, cells: [...onlyAdmin, 200] },
    { route: `PUT ${list}/:${key}`, at: place, body, cells: [...onlyAdmin, 200] },
    { route: `GET ${list}/:${key}`, at: place, cells: [...onlyAdmin, 200] },
    { route: `DELETE ${list}/:${key}`, at: place, fresh, cells: [...onlyAdmin, 204] },
  ];
});

/** Last, in this order: what is left of the session afterwards is less each time. */
const endings: Row[] = [
  ...at("sessionId", ["{session}"], () => [
    { route: "POST /sessions/:sessionId/forget", body: {}, cells: [401, 404, 403, 403, 403, 200, 403, 200] },
    { route: "POST /sessions/:sessionId/pause", cells: [401, 404, 403, 403, 403, 200, 403, 200] },
    { route: "POST /sessions/:sessionId/resume", cells: [401, 404, 403, 403, 403, 200, 403, 200] },
    { route: "POST /admin/sessions/:sessionId/stop", cells: [401, 404, 403, 403, 403, 403, 200, 200] },
    { route: "POST /stop/:sessionId", cells: [401, 404, 404, 404, 404, 200, 200, 200] },
  ]),
  {
    route: "DELETE /whip/resource/:publicationId",
    at: { publicationId: "{publication}" },
    cells: [401, 404, 404, 404, 404, 200, 404, 404],
  },
];

/** The whole table, in the order in which it is asked. */
export const table: readonly Row[] = [
  ...open,
  ...me,
  ...rooms,
  ...past,
  ...captures,
  ...clips,
  ...channels,
  ...admin,
  ...directory,
  ...endings,
];

/** The address of a route, with its parameters filled in. */
export function addressOf({ route, at: place = {}, query = "" }: Row): { method: string; path: string } {
  const [method = "", pattern = ""] = route.split(" ");
  return { method, path: `${atRoot(pattern)}${pattern.replace(/:(\w+)/g, (_colon, name: string) => place[name] ?? name)}${query}` };
}

const atRoot = (pattern: string): string => (/^\/(healthz|readyz|metrics)$/.test(pattern) ? "" : basePath);

/** A row's route as the table of rules has it. */
export const ruleKey = ({ route }: Row): string => {
  const [method = "", pattern = ""] = route.split(" ");
  return `${method} ${atRoot(pattern)}${pattern}`;
};

/** Whether somebody may, by what they are answered. */
export function isAllowed({ may = [] }: Row, cell: Cell): boolean {
  return may.includes(cell) || !["401", "403", "404"].includes(String(cell).slice(0, 3));
}
