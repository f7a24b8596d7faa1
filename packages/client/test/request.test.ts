/** Requests over real HTTP: token, retries, refusals, checked answers. */
import { afterEach, describe, expect, test } from "vitest";
import { RefusedError, ReplayClient, ReplayError, UnreachableError } from "../src/index.js";
import { json, refuse, startPeer, type Peer } from "./peer.js";

let peer: Peer | undefined;
afterEach(async () => {
  await peer?.close();
  peer = undefined;
});

const start = async (answer: Parameters<typeof startPeer>[0]): Promise<Peer> => (peer = await startPeer(answer));
const clientOf = (to: Peer, options: Partial<ConstructorParameters<typeof ReplayClient>[0]> = {}): ReplayClient =>
  new ReplayClient({ baseUrl: to.baseUrl, backoff: { firstMs: 1, maxMs: 2 }, ...options });

const status = { roomName: "lobby", sessions: [], serverTimeMs: 5_000_000 };

describe("a request", () => {
  test("carries the token, escapes names and checks the answer", async () => {
    const to = await start((_, response) => json(response, 200, { ...status, roomName: "a/b ?" }));
    const client = clientOf(to, { getToken: () => "t-1" });
    expect((await client.sessions.status("a/b ?")).sessions).toEqual([]);
    expect(to.heard[0]?.path).toBe("/livekit-replay/status/a%2Fb%20%3F");
    expect(to.heard[0]?.headers.authorization).toBe("Bearer t-1");
  });

  test("learns the server's time", async () => {
    const to = await start((_, response) => json(response, 200, status));
    const client = clientOf(to);
    await client.sessions.status("lobby");
    expect(Math.abs(client.clock.now() - 5_000_000)).toBeLessThan(2000);
  });

  test("throws the server's refusal with its code, sentence and request id", async () => {
    const to = await start((_, response) => refuse(response, 404, "clip_not_found"));
    const error = await clientOf(to)
      .clips.get("abcdefghijklmnop")
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ReplayError);
    expect(error).toMatchObject({ code: "clip_not_found", message: "because of clip_not_found", requestId: "r-1", status: 404 });
    expect(to.heard).toHaveLength(1);
  });

  test("tries again what the catalogue says can pass, and gives up in the end", async () => {
    const to = await start((_, response, count) =>
      count < 2 ? refuse(response, 503, "recorder_unavailable") : json(response, 200, status),
    );
    await expect(clientOf(to).sessions.status("lobby")).resolves.toMatchObject({ roomName: "lobby" });
    expect(to.heard).toHaveLength(3);
    await peer?.close();
    const never = await start((_, response) => refuse(response, 503, "recorder_unavailable"));
    await expect(clientOf(never).sessions.status("lobby")).rejects.toBeInstanceOf(RefusedError);
    expect(never.heard).toHaveLength(3);
  });

  test("does not wait for a server that asks for a long pause", async () => {
    const to = await start((_, response) => refuse(response, 429, "rate_limited", { "retry-after": "60" }));
    await expect(clientOf(to).sessions.status("lobby")).rejects.toMatchObject({ code: "rate_limited", retryAfterSeconds: 60 });
    expect(to.heard).toHaveLength(1);
  });

  test("sends what is not idempotent once", async () => {
    const to = await start((_, response) => refuse(response, 503, "recorder_unavailable"));
    await expect(clientOf(to).sessions.start({ roomName: "lobby" })).rejects.toBeInstanceOf(RefusedError);
    expect(to.heard).toHaveLength(1);
  });

  test("repeats a capture under the same key, so that it is one clip", async () => {
    const to = await start((_, response) => refuse(response, 503, "recorder_unavailable"));
    await expect(clientOf(to).clips.capture({ sessionId: "abcdefghijklmnop", durationMinutes: 1 })).rejects.toBeInstanceOf(RefusedError);
    const keys = to.heard.map((heard) => heard.headers["idempotency-key"]);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  test("answers a 401 with a fresh token, once", async () => {
    const to = await start((heard, response) =>
      heard.headers.authorization === "Bearer new" ? json(response, 200, status) : refuse(response, 401, "unauthenticated"),
    );
    const asked: boolean[] = [];
    const client = clientOf(to, {
      getToken: ({ refused }) => {
        asked.push(refused);
        return refused ? "new" : "old";
      },
    });
    await expect(client.sessions.status("lobby")).resolves.toMatchObject({ roomName: "lobby" });
    expect(asked).toEqual([false, true]);
  });

  test("a token that cannot be had is no refusal, and is waited for no longer than the request", async () => {
    const to = await start((_, response) => json(response, 200, status));
    const failing = clientOf(to, { getToken: () => Promise.reject(new Error("the host is away")) });
    const error = await failing.sessions.status("lobby").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error).toMatchObject({ reason: "token", cause: new Error("the host is away") });
    const waiting = clientOf(to, { getToken: () => Promise.withResolvers<string>().promise });
    const abort = new AbortController();
    const left = waiting.sessions.status("lobby", abort.signal).catch((thrown: unknown) => thrown);
    abort.abort("gone");
    expect(await left).toBe("gone");
    expect(to.heard).toEqual([]);
  });

  test("says which token was refused, so that one that is new already is not renewed again", async () => {
    const to = await start((request, response) =>
      request.headers.authorization === "Bearer new" ? json(response, 200, status) : refuse(response, 401, "unauthenticated"),
    );
    const asked: unknown[] = [];
    const client = clientOf(to, {
      getToken: (question) => {
        asked.push(question);
        return question.refused ? "new" : "old";
      },
    });
    await client.sessions.status("lobby");
    expect(asked).toEqual([{ refused: false }, { refused: true, token: "old" }]);
  });

  test("says that nobody answers, and that an answer is not this API's", async () => {
    const to = await start((_, response) => json(response, 200, { hello: "world" }));
    await expect(clientOf(to).sessions.status("lobby")).rejects.toMatchObject({ name: "UnreachableError", reason: "unexpected" });
    await to.close();
    const error = await clientOf(to)
      .sessions.status("lobby")
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error).toMatchObject({ reason: "network" });
  });

  test("a proxy's page instead of a refusal is no refusal", async () => {
    const to = await start((_, response) => void response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad Gateway</h1>"));
    await expect(clientOf(to).sessions.status("lobby")).rejects.toMatchObject({ reason: "unexpected" });
  });

  test("a clip that is gone already counts as deleted", async () => {
    const to = await start((_, response) => refuse(response, 404, "clip_not_found"));
    await expect(clientOf(to).clips.delete("abcdefghijklmnop")).resolves.toBeUndefined();
  });
});

describe("a publication", () => {
  test("is deleted where the server said", async () => {
    const to = await start((heard, response) => {
      if (heard.method === "DELETE") return void response.writeHead(200).end();
      response
        .writeHead(201, { "content-type": "application/sdp", location: "/livekit-replay/whip/resource/p-1", etag: '"x"' })
        .end("v=0\r\n");
    });
    const client = clientOf(to, { getToken: () => "t-1" });
    const publication = await client.whip.publish("lobby", "v=0\r\noffer");
    expect(publication).toEqual({ answerSdp: "v=0\r\n", resource: "/whip/resource/p-1" });
    await client.whip.unpublish(publication.resource);
    expect(to.heard.map((heard) => `${heard.method} ${heard.path}`)).toEqual([
      "POST /livekit-replay/whip/lobby",
      "DELETE /livekit-replay/whip/resource/p-1",
    ]);
    expect(to.heard[0]).toMatchObject({ body: "v=0\r\noffer" });
    expect(to.heard[0]?.headers["content-type"]).toBe("application/sdp");
  });

  test("at somebody else's address is refused: the token stays here", async () => {
    const to = await start(
      (_, response) => void response.writeHead(201, { location: "http://127.0.0.2/livekit-replay/whip/resource/x" }).end("v=0"),
    );
    await expect(clientOf(to).whip.publish("lobby", "v=0")).rejects.toBeInstanceOf(UnreachableError);
  });
});
