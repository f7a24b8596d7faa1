/** With `DIRECTORY=host` and a crowd that listens: what everybody is told of costs each of them a question, and must leave room for who asks something else. */
import type { ServerResponse } from "node:http";
import { SignJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EventReader } from "./event-reader.js";
import { type Harness, startHarness, unknownId } from "./harness.js";
import { HostPeer, json } from "./host-peer.js";

const secret = "a secret of at least 32 characters, for tests";
const crowd = 600;
const people = Array.from({ length: crowd }, (_, n) => `person-${n}`);

let peer: HostPeer;
let harness: Harness;
const readers: EventReader[] = [];

const tokenOf = (sub: string): Promise<string> =>
  new SignJWT({ exp: Math.floor(Date.now() / 1000) + 600 })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(sub)
    .sign(new TextEncoder().encode(secret));

beforeAll(async () => {
  peer = await HostPeer.start(secret);
  for (const userId of people) peer.answers.set(`/person ${userId}`, { userId, name: userId });
  const answer = (response: ServerResponse): void => json(200, { permissions: ["VIEW_CHANNEL"] })(response);
  // As long as a look into a database takes.
  peer.answers.set("/permissions", (response) => void setTimeout(answer, 10, response));
  peer.answers.set("/channel games", { id: "games", name: "games", communityId: "chess" });
  harness = await startHarness({ env: { DIRECTORY: "host", HOST_URL: peer.url, HOST_SECRET: secret, JWT_SECRET: secret } });
});
afterAll(async () => {
  await Promise.all(readers.map((reader) => reader.close()));
  await harness.close();
  await peer.close();
});

test("a post reaches all of them, and nobody's question is refused for it", async () => {
  for (let from = 0; from < crowd; from += 50) {
    const some = people.slice(from, from + 50);
    readers.push(...(await Promise.all(some.map(async (one) => EventReader.open(`${harness.api}/me/events`, await tokenOf(one))))));
  }
  const { bus, host } = harness.server.core;
  const post = { id: unknownId(), channelId: "games", clipId: null, userId: "ada", userName: "Ada", text: "look", createdAtMs: Date.now() };
  bus.publish({ type: "post", post });
  await Promise.all(readers.map((reader) => reader.next("post")));
  expect(host?.refused).toBe(0);
});
