/** The server starts, answers, and stops without leaving anything. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { healthSchema, meSchema } from "@livekit-replay/contract";
import { type Harness, request, startHarness } from "./harness.js";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});

afterAll(() => harness.close());

test("it is healthy, and says so", async () => {
  const health = healthSchema.parse((await request(`${harness.origin}/healthz`, "GET")).json());
  expect(Object.keys(health.parts).sort()).toEqual(["catalogue", "ffmpeg", "recorder", "storage"]);
  expect(health).toMatchObject({ status: "ok" });
  expect((await request(`${harness.origin}/readyz`, "GET")).status).toBe(200);
});

test("a demo person can be signed in and sees the demo community", async () => {
  const me = meSchema.parse((await harness.ask("bob", "GET", "/me")).json());
  expect(me).toMatchObject({ userId: "bob", name: "Bob", admin: false });
  expect(me.communities[0]).toMatchObject({ id: "demo", name: "Demo" });
  expect(me.communities[0]?.rooms.map((room) => room.roomName).sort()).toEqual(["lobby", "studio"]);
  expect(me.communities[0]?.channels.map((channel) => channel.name).sort()).toEqual(["clips", "general"]);
});
