/**
 * The main job with a client that a generator made from the OpenAPI document: begin to keep what is shared already, capture the last seconds,
 * find the clip in the library and download it. Prints what came of it as JSON.
 */
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/api.ts";

type Problem = components["schemas"]["Problem"];
type Session = components["schemas"]["Session"];

const { REPLAY_URL: baseUrl = "http://localhost:3000", REPLAY_TOKEN: token = "", REPLAY_ROOM: roomName = "lobby" } = process.env;
const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } });

/** What an answer contains. @throws Error with the server's sentence when it was a refusal. */
function contentOf<T>({ data, error }: { data?: T; error?: Problem }): T {
  if (data === undefined) throw new Error(error === undefined ? "no answer" : `${error.code}: ${error.detail}`);
  return data;
}

/** The session, as soon as something is in its buffer. */
async function filled(sessionId: string): Promise<Session> {
  for (let look = 0; look < 100; look += 1) {
    const room = contentOf(await client.GET("/livekit-replay/status/{roomName}", { params: { path: { roomName } } }));
    const session = room.sessions.find(({ id, window }) => id === sessionId && window !== null);
    if (session) return session;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("nothing was recorded");
}

const me = contentOf(await client.GET("/livekit-replay/me"));
const channel = me.communities.flatMap(({ channels }) => channels)[0];

const started = await client.POST("/livekit-replay/start", { body: { roomName } });
// The codes of a route's refusals are part of its type.
if (started.error?.code === "not_sharing") throw new Error(`${me.name} shares no screen in ${roomName}`);
const session = await filled(contentOf(started).id);

const clip = contentOf(
  await client.POST("/livekit-replay/capture", {
    params: { header: { "Idempotency-Key": crypto.randomUUID(), Prefer: "wait=30" } },
    body: {
      sessionId: session.id,
      durationSeconds: 1,
      title: "From a generated client",
      ...(channel === undefined ? {} : { shareOption: "channel", targetChannelId: channel.id }),
    },
  }),
);
const mine = contentOf(await client.GET("/livekit-replay/my-clips", { params: { query: { pageSize: 10, sort: "newest" } } }));
const file = contentOf(
  await client.GET("/livekit-replay/clips/{clipId}/download", { params: { path: { clipId: clip.id } }, parseAs: "arrayBuffer" }),
);
const again = await client.POST("/livekit-replay/start", { body: { roomName } });

console.log(
  JSON.stringify({
    clip: {
      id: clip.id,
      state: clip.state,
      durationMs: clip.durationMs,
      sizeBytes: clip.sizeBytes,
      sharedTo: clip.shares.map(({ channelId }) => channelId),
    },
    listed: mine.items.some(({ id }) => id === clip.id),
    usedBytes: mine.quota.usedBytes,
    downloadedBytes: file.byteLength,
    again: again.error?.code,
  }),
);
