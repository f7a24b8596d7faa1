/** Who is who, asked from a host application over real HTTP: what it answers counts for ten seconds, and whatever is no answer is a no. */
import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { type Millis, millis, signHostRequest, verifyHostRequest, wallMs } from "@livekit-replay/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AnswerCache } from "../src/directory/host/cache.js";
import { HostClient } from "../src/directory/host/client.js";
import { HostDirectory } from "../src/directory/host/directory.js";
import { Turns } from "../src/directory/host/turns.js";
import { HostPeer, json } from "./host-peer.js";

const secret = "a secret of at least 32 characters, for tests";
const unavailable = { code: "directory_unavailable", status: 503 };

let peer: HostPeer;
let directory: HostDirectory;
let client: HostClient;
let elapsed: number;
const log: string[] = [];

const say = (fields: object, message: string): void => void log.push(`${JSON.stringify(fields)} ${message}`);
const clientOf = (options: { secret?: string; limit?: Millis } = {}): HostClient =>
  new HostClient({
    url: peer.url,
    secret,
    clock: { now: () => wallMs(Date.now()) },
    logger: { info: say, warn: say },
    ...options,
  });

beforeEach(async () => {
  peer = await HostPeer.start(secret);
  elapsed = 0;
  client = clientOf();
  directory = new HostDirectory(client, new AnswerCache({ elapsed: () => elapsed }));
  log.length = 0;
});
afterEach(() => peer.close());

const ada = { userId: "ada", name: "Ada", admin: true };
const chess = { id: "chess", name: "Chess" };

describe("answers", () => {
  test("become people, communities, rooms, channels and permissions", async () => {
    const rooms = [{ roomName: "table-1", title: "Table 1" }];
    const channels = [{ id: "games", name: "games" }];
    peer.answers.set("/person ada", ada);
    peer.answers.set("/person ben", { userId: "ben", name: "Ben", shoeSize: 44 });
    peer.answers.set("/room table-1", { roomName: "table-1", community: chess });
    peer.answers.set("/channel games", { id: "games", name: "games", communityId: "chess" });
    peer.answers.set("/permissions chess ada", { permissions: ["CAPTURE_REPLAY", "BAN_PEOPLE", "VIEW_CHANNEL"] });
    peer.answers.set("/communities ada false", { communities: [chess] });
    peer.answers.set("/communities ada true", { communities: [chess, { id: "go", name: "Go" }] });
    peer.answers.set("/community chess", { ...chess, rooms, channels });
    expect(await directory.person("ada")).toEqual(ada);
    expect(await directory.person("ben")).toEqual({ userId: "ben", name: "Ben", admin: false });
    expect(await directory.communityOfRoom("table-1")).toEqual(chess);
    expect(await directory.channel("games")).toEqual({ id: "games", name: "games", communityId: "chess" });
    expect([...((await directory.permissions("chess", "ada")) ?? [])]).toEqual(["CAPTURE_REPLAY", "VIEW_CHANNEL"]);
    const caller = { userId: "ada", name: "Ada", tokenExpiresAtMs: 0 };
    expect(await directory.communitiesOf({ ...caller, admin: false })).toEqual([chess]);
    expect(await directory.communitiesOf({ ...caller, admin: true })).toHaveLength(2);
    expect(await directory.rooms("chess")).toEqual(rooms);
    expect(await directory.channels("chess")).toEqual(channels);
    expect(peer.refused).toBe(0);
  });

  test("may say that a thing is not known", async () => {
    expect(await directory.person("eve")).toBeNull();
    expect(await directory.communityOfRoom("cellar")).toBeNull();
    expect(await directory.channel("cellar")).toBeNull();
    expect(await directory.permissions("chess", "eve")).toBeNull();
    expect(await directory.communitiesOf({ userId: "eve", name: "Eve", admin: false, tokenExpiresAtMs: 0 })).toEqual([]);
    expect(await directory.rooms("nowhere")).toEqual([]);
    expect(await directory.channels("nowhere")).toEqual([]);
  });

  test("ids travel in the body, whatever is in them", async () => {
    for (const id of ["..", "a/b?c#d", "%2e%2e", "ü 💥", '"}']) expect([id, await directory.channel(id)]).toEqual([id, null]);
    expect(peer.heard.map(({ path }) => path)).toEqual(Array(5).fill("/channel"));
    expect(peer.heard.map(({ body }) => body)).toContainEqual({ channelId: '"}' });
  });
});

describe("for ten seconds", () => {
  test("the same is asked once, however many ask at the same time", async () => {
    peer.answers.set("/person ada", ada);
    await Promise.all(Array.from({ length: 20 }, () => directory.person("ada")));
    elapsed = 9999;
    await directory.person("ada");
    expect(peer.count("/person")).toBe(1);
    elapsed = 10_000;
    await directory.person("ada");
    expect(peer.count("/person")).toBe(2);
  });

  test("what is not known stays so too, and then it may be", async () => {
    expect(await directory.person("ada")).toBeNull();
    peer.answers.set("/person ada", ada);
    expect(await directory.person("ada")).toBeNull();
    elapsed = 10_000;
    expect(await directory.person("ada")).toEqual(ada);
  });

  test("and not for longer: no answer of yesterday stands in for a host that is down", async () => {
    peer.answers.set("/permissions chess ada", { permissions: ["CAPTURE_REPLAY"] });
    await directory.permissions("chess", "ada");
    await peer.down();
    expect((await directory.permissions("chess", "ada"))?.size).toBe(1);
    elapsed = 10_000;
    await expect(directory.permissions("chess", "ada")).rejects.toMatchObject(unavailable);
    await peer.up();
    expect((await directory.permissions("chess", "ada"))?.size).toBe(1);
  });

  test("at most so many answers are kept, the ones that are used", async () => {
    const cache = new AnswerCache({ most: 3 });
    let asked = 0;
    const ask = () => Promise.resolve((asked += 1));
    for (const key of ["a", "b", "c", "a", "d", "a", "e"]) await cache.answer(key, ask);
    expect(cache.size).toBe(3);
    expect(await cache.answer("a", ask)).toBe(1);
    expect(await cache.answer("b", ask)).toBe(6);
  });
});

/** Of the odd ones, those that end only by the limit. */
const slow = ["no answer in time", "a body that does not end"];
/** Says yes, in a way that is not to be believed. */
const odd: Readonly<Record<string, (response: ServerResponse) => void>> = {
  "an error": json(500, ada),
  "a refusal of the signature": json(401, ada),
  "403": json(403, ada),
  "a 404 that could come from anywhere": json(404, { message: "Cannot POST /person" }),
  "another shape": json(200, { userId: "ada", name: 7, admin: true }),
  "somebody else": json(200, { ...ada, userId: "ben" }),
  "no JSON": (response) => response.writeHead(200).end("<title>Welcome</title>"),
  "an empty body": (response) => response.writeHead(200).end(),
  "more than a megabyte": json(200, { ...ada, more: "x".repeat(1_000_001) }),
  "an answer that breaks off": (response) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write(JSON.stringify(ada), () => response.destroy());
  },
  "no answer in time": () => undefined,
  "a body that does not end": (response) => void response.writeHead(200).write("{"),
};

describe("no is the answer to", () => {
  test.each(Object.keys(odd))("%s", async (name) => {
    peer.answers.set("/person ada", odd[name] ?? {});
    const asking = slow.includes(name) ? new HostDirectory(clientOf({ limit: millis(300) })) : directory;
    await expect(asking.person("ada")).rejects.toMatchObject(unavailable);
    peer.answers.set("/person ada", ada);
    expect(await directory.person("ada")).toEqual(ada);
  });

  test("a redirect, even to who would answer", async () => {
    const other = await HostPeer.start(secret);
    try {
      other.answers.set("/person", ada);
      for (const status of [301, 302, 303, 307, 308]) {
        peer.answers.set("/person ada", (response) => response.writeHead(status, { location: `${other.url}/person` }).end());
        await expect(directory.person("ada")).rejects.toMatchObject(unavailable);
      }
      expect([other.heard.length, other.refused]).toEqual([0, 0]);
    } finally {
      await other.close();
    }
  });

  test("nobody there, said once, and health tells", async () => {
    await peer.down();
    for (const user of ["ada", "ben"]) await expect(directory.person(user)).rejects.toMatchObject(unavailable);
    expect(await client.health()).toMatchObject({ status: "degraded" });
    await peer.up();
    expect(await directory.person("ada")).toBeNull();
    expect(await client.health()).toEqual({ status: "ok" });
    expect(log.map((line) => line.slice(line.lastIndexOf("}") + 2))).toEqual([
      "the host application gives no answer that can be used: until it does, nobody may anything",
      "the host application answers again",
    ]);
    expect(log.join("")).not.toContain(secret);
  });

  test("a secret that the host does not have", async () => {
    peer.answers.set("/person ada", ada);
    await expect(clientOf({ secret: "another secret of at least 32 characters" }).ask("person", { userId: "ada" })).rejects.toMatchObject(
      unavailable,
    );
    expect([peer.refused, peer.heard.length]).toEqual([1, 0]);
  });

  test("too many who wait", async () => {
    const turns = new Turns({ mostAtOnce: 1, mostWaiting: 1 });
    const { signal } = new AbortController();
    let end = (): void => undefined;
    const first = turns.run(signal, () => new Promise<void>((resolve) => (end = resolve)));
    const second = turns.run(signal, () => Promise.resolve("second"));
    await expect(turns.run(signal, () => Promise.resolve("third"))).rejects.toMatchObject(unavailable);
    expect(turns.refused).toBe(1);
    end();
    await first;
    expect(await second).toBe("second");
    const late = new AbortController();
    const holding = turns.run(signal, () => new Promise<void>((resolve) => (end = resolve)));
    const waiting = turns.run(late.signal, () => Promise.resolve("never"));
    late.abort(new Error("too late"));
    await expect(waiting).rejects.toThrow("too late");
    end();
    await holding;
    expect(await turns.run(signal, () => Promise.resolve("fourth"))).toBe("fourth");
  });
});

describe("a signature", () => {
  const request = { secret, method: "POST", path: "/api/replay/person", body: '{"userId":"ada"}' };
  const nowMs = 1_700_000_000_500;

  test("is good for its request, for five minutes", async () => {
    const signature = await signHostRequest(request, nowMs);
    expect(signature).toMatch(/^t=1700000000,v1=[0-9a-f]{64}$/);
    const good = (change: object) => verifyHostRequest({ ...request, signature, nowMs, ...change });
    expect(await good({})).toBe(true);
    expect(await good({ method: "post" })).toBe(true);
    expect(await good({ nowMs: nowMs + 299_000 })).toBe(true);
    const changes: object[] = [
      { nowMs: nowMs + 301_000 },
      { nowMs: nowMs - 301_000 },
      { secret: `${secret}!` },
      { secret: "" },
      { method: "DELETE" },
      { path: "/api/replay/permissions" },
      { path: `${request.path}?admin=true` },
      { body: '{"userId":"eve"}' },
      { body: "" },
      { signature: undefined },
      { signature: "" },
      { signature: signature.replace("t=17", "t=18") },
      { signature: signature.slice(0, -1) },
      { signature: signature.toUpperCase() },
      { signature: `${signature},v1=${"0".repeat(64)}` },
      { signature: `t=1700000000,v1=${"0".repeat(64)}` },
    ];
    for (const change of changes) expect([change, await good(change)]).toEqual([change, false]);
  });

  test("can be checked as the guide shows it, without any library of ours", async () => {
    const guide = await readFile(new URL("../../../docs/guide/embed.md", import.meta.url), "utf8");
    const sample = /```js\n(import [\s\S]*?)```/.exec(guide)?.[1] ?? "";
    expect(sample.trimEnd().split("\n").length).toBeLessThanOrEqual(15);
    const { isFromReplay } = (await import(`data:text/javascript,${encodeURIComponent(sample)}`)) as {
      isFromReplay: (request: object, body: string, secret: string) => boolean;
    };
    const signature = await signHostRequest(request, Date.now());
    const received = (value: string | undefined) => ({ method: "POST", url: request.path, headers: { "livekit-replay-signature": value } });
    expect(isFromReplay(received(signature), request.body, secret)).toBe(true);
    expect(isFromReplay(received(signature), `${request.body} `, secret)).toBe(false);
    expect(isFromReplay(received(signature), request.body, `${secret}!`)).toBe(false);
    expect(isFromReplay(received(await signHostRequest(request, Date.now() - 301_000)), request.body, secret)).toBe(false);
    for (const wrong of [undefined, "", "t=1", signature.slice(0, -2), "t=x,v1=y"])
      expect(isFromReplay(received(wrong), request.body, secret)).toBe(false);
  });
});
