/** Event streams over real HTTP: pieces, cuts, refusals, close. */
import type { ServerResponse } from "node:http";
import type { MeEvent } from "@livekit-replay/contract";
import { afterEach, describe, expect, test } from "vitest";
import { ReplayClient, type StreamState, type Subscription } from "../src/index.js";
import { refuse, startPeer, type Peer } from "./peer.js";

let peer: Peer | undefined;
let subscription: Subscription | undefined;
afterEach(async () => {
  await subscription?.close();
  await peer?.close();
});

const quota = { limitBytes: 10, usedBytes: 1, reservedBytes: 0 };
const hello = (serverTimeMs: number): string => `event: hello\ndata: ${JSON.stringify({ type: "hello", quota, serverTimeMs })}\n\n`;
const open = (response: ServerResponse): ServerResponse => response.writeHead(200, { "content-type": "text/event-stream" });

/** Subscribes, and lets a test wait until what it needs has come. */
const listen = (
  to: Peer,
  options: { token?: () => string } = {},
): { events: MeEvent[]; states: StreamState[]; until: (is: () => boolean) => Promise<void> } => {
  const events: MeEvent[] = [];
  const states: StreamState[] = [];
  const waiting = new Set<() => void>();
  const told = (): void => waiting.forEach((check) => check());
  const client = new ReplayClient({ baseUrl: to.baseUrl, getToken: options.token ?? (() => "t") });
  subscription = client.events.me({
    onEvent: (event) => {
      events.push(event);
      told();
    },
    onState: (state) => {
      states.push(state);
      told();
    },
  });
  const until = (is: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`did not come: ${JSON.stringify({ events, states })}`)), 10_000);
      const check = (): void => {
        if (!is()) return;
        clearTimeout(limit);
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return { events, states, until };
};

describe("an event stream", () => {
  test("reads events that arrive in pieces, skips what it does not know, and sends the token", async () => {
    peer = await startPeer((_, response) => {
      const text = hello(7);
      open(response).write(`: welcome\n\nevent: unknown\ndata: {"type":"unknown"}\n\ndata: not json\n\n${text.slice(0, 20)}`);
      response.write(text.slice(20));
    });
    const { events, states, until } = listen(peer);
    await until(() => events.length === 1);
    expect(events[0]).toMatchObject({ type: "hello", serverTimeMs: 7 });
    expect(states.map((state) => state.state)).toEqual(["connecting", "open"]);
    expect(peer.heard[0]?.headers).toMatchObject({ authorization: "Bearer t", accept: "text/event-stream" });
  });

  test("opens again after a cut, and begins with the whole state", async () => {
    peer = await startPeer((_, response, count) => {
      open(response).write(hello(count));
      if (count === 0) response.end();
    });
    const { events, states, until } = listen(peer);
    await until(() => events.length === 2);
    expect(states.map((state) => state.state)).toEqual(["connecting", "open", "reconnecting", "open"]);
  });

  test("opens again after the server could not be reached or had an error", async () => {
    peer = await startPeer((_, response, count) => {
      if (count === 0) return response.destroy();
      if (count === 1) return refuse(response, 503, "recorder_unavailable");
      open(response).write(hello(count));
    });
    const { events, until } = listen(peer);
    await until(() => events.length === 1);
    expect(peer.heard).toHaveLength(3);
  });

  test("stops for good at a refusal that will not pass", async () => {
    peer = await startPeer((_, response) => refuse(response, 401, "unauthenticated"));
    const { states, until } = listen(peer);
    await until(() => states.at(-1)?.state === "refused");
    expect(states.at(-1)).toMatchObject({ error: { code: "unauthenticated" } });
    expect(peer.heard).toHaveLength(1);
  });

  test("closes while it is open, and twice; the server sees it", async () => {
    const gone = Promise.withResolvers<void>();
    peer = await startPeer((_, response) => {
      response.on("close", gone.resolve);
      open(response).write(hello(1));
    });
    const { events, states, until } = listen(peer);
    await until(() => events.length === 1);
    await subscription?.close();
    await subscription?.close();
    await gone.promise;
    expect(states.at(-1)).toEqual({ state: "closed" });
  });
});
