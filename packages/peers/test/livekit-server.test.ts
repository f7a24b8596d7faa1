/** A real livekit-server and a real Redis start, die and come back where they were. */
import { RoomServiceClient } from "livekit-server-sdk";
import { afterEach, describe, expect, it } from "vitest";
import { LivekitServer } from "../src/livekit/server.js";
import { RedisServer } from "../src/redis/server.js";

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const part of open.splice(0).toReversed()) await part.close();
});

const client = (server: LivekitServer): RoomServiceClient => new RoomServiceClient(server.httpUrl, server.apiKey, server.apiSecret);

describe("LivekitServer", () => {
  it("answers, dies, and comes back on the same ports without its rooms", async () => {
    const server = await LivekitServer.start();
    open.push(server);
    const rooms = client(server);
    await rooms.createRoom({ name: "one" });
    expect((await rooms.listRooms()).map(({ name }) => name)).toEqual(["one"]);
    const { pid, url } = server;
    await server.kill();
    expect(server.pid).toBe(0);
    await expect(rooms.listRooms()).rejects.toThrow();
    await server.restart();
    expect(server.pid).not.toBe(pid);
    expect(server.url).toBe(url);
    expect(await rooms.listRooms()).toEqual([]);
    await server.close();
    await server.close();
    await expect(server.restart()).rejects.toThrow("closed");
  });

  it("keeps its rooms in Redis", async () => {
    const redis = await RedisServer.start();
    open.push(redis);
    const server = await LivekitServer.start({ redisAddress: redis.address });
    open.push(server);
    await client(server).createRoom({ name: "kept", emptyTimeout: 600 });
    await server.kill();
    await server.restart();
    expect((await client(server).listRooms(["kept"])).map(({ name }) => name)).toEqual(["kept"]);
    await redis.kill();
    expect(redis.pid).toBe(0);
    await redis.restart();
    expect(redis.pid).toBeGreaterThan(0);
  });

  it("says why it does not start", async () => {
    await expect(LivekitServer.start({ config: { rtc: { no_such_key: 1 } } })).rejects.toThrow("no_such_key");
  });
});
