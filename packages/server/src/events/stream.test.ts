/** An event stream over a real socket: order, whole events, the slow reader, the end. */
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { EventStream, type StreamedEvent, type StreamEnd } from "./stream.js";

let server: Server | null = null;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

interface Opened {
  readonly stream: EventStream;
  readonly incoming: IncomingMessage;
  readonly ended: Promise<StreamEnd>;
}

function open(options: { heartbeatMs?: number; queueLimit?: number } = {}): Promise<Opened> {
  return new Promise((resolve) => {
    const made = Promise.withResolvers<Omit<Opened, "incoming">>();
    const started = createServer((_request, response: ServerResponse) => {
      const ended = Promise.withResolvers<StreamEnd>();
      const stream = new EventStream({ response, headers: { "x-test": "kept" }, onEnd: (why) => ended.resolve(why), ...options });
      made.resolve({ stream, ended: ended.promise });
    });
    server = started;
    started.listen(0, "127.0.0.1", () => {
      get({ port: (started.address() as AddressInfo).port, host: "127.0.0.1" }, (incoming) => {
        void made.promise.then((rest) => resolve({ ...rest, incoming }));
      });
    });
  });
}

const gone = (n: number): StreamedEvent => ({ type: "session_gone", sessionId: `session-${String(n).padStart(10, "0")}`, serverTimeMs: n });

/** Reads until a text has come. */
async function until(incoming: IncomingMessage, wanted: string): Promise<string> {
  let text = "";
  incoming.setEncoding("utf8");
  for await (const chunk of incoming) {
    text += chunk as string;
    if (text.includes(wanted)) break;
  }
  return text;
}

test("events come whole and in order, however long each takes to make", async () => {
  const { stream, incoming } = await open();
  const late = Promise.withResolvers<StreamedEvent>();
  stream.send(() => late.promise);
  stream.send(() => Promise.resolve(null));
  stream.send(() => Promise.resolve(gone(2)));
  late.resolve(gone(1));
  const text = await until(incoming, '"serverTimeMs":2');
  expect(incoming.headers).toMatchObject({
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-test": "kept",
  });
  expect(text.split("\n\n")).toEqual([
    "retry: 2000",
    `event: session_gone\ndata: ${JSON.stringify(gone(1))}`,
    `event: session_gone\ndata: ${JSON.stringify(gone(2))}`,
    "",
  ]);
});

test("it beats while nothing happens", async () => {
  const { incoming } = await open({ heartbeatMs: 10 });
  expect(await until(incoming, ": still here")).toContain(": still here\n\n");
});

test("a reader that does not read is dropped", async () => {
  const { stream, incoming, ended } = await open({ queueLimit: 10 });
  incoming.pause();
  const big: StreamedEvent = { ...gone(1), sessionId: "x".repeat(1_000_000) } as StreamedEvent;
  let sent = 0;
  while (!stream.ended && sent < 200) {
    stream.send(() => Promise.resolve(big));
    sent += 1;
    await new Promise(setImmediate);
  }
  expect(await ended).toBe("slow");
  expect(sent).toBeLessThan(200);
});

test("a client that leaves ends it; what is sent then does no harm", async () => {
  const { stream, incoming, ended } = await open();
  incoming.destroy();
  expect(await ended).toBe("client");
  stream.send(() => Promise.resolve(gone(1)));
  stream.end("shutdown");
});

test("an event that cannot be made ends it, so that the client asks for the whole state again", async () => {
  const { stream, ended } = await open();
  stream.send(() => Promise.reject(new Error("no directory")));
  expect(await ended).toBe("error");
});
