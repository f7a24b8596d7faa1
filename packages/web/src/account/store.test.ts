/** Signing in and out, and that two people never meet. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Message, PageWindow } from "./host.js";
import { AccountStore, type AccountStoreOptions } from "./store.js";
import type { Storing } from "./stored.js";

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
let count = 0;
const tokenOf = (sub: string, lifeMs = 3_600_000): string => {
  count += 1;
  return `${encode({ alg: "HS256" })}.${encode({ sub, name: sub.toUpperCase(), exp: (Date.now() + lifeMs) / 1000, jti: count })}.c2ln`;
};
const HOST = "https://chat.example";

/** The browser's storage, in memory. */
class Memory implements Storing {
  readonly all = new Map<string, string>();
  readonly getItem = (key: string): string | null => this.all.get(key) ?? null;
  readonly setItem = (key: string, value: string): void => void this.all.set(key, value);
  readonly removeItem = (key: string): void => void this.all.delete(key);
}

/** A server that knows which tokens are good, and a page in a window of the host. */
const begin = (change: Partial<AccountStoreOptions> = {}, held = true) => {
  const good = new Set<string>();
  const sent: { readonly path: string; readonly token: string | null }[] = [];
  const asked: string[] = [];
  const memory = new Memory();
  const self = { postMessage: () => undefined };
  const parent = { postMessage: ({ reason }: { readonly reason: string }) => void asked.push(reason) };
  let hear: ((message: Message) => void) | undefined;
  const page: PageWindow = {
    parent: held ? parent : self,
    opener: null,
    listen: (listener) => {
      hear = listener;
      return () => undefined;
    },
  };
  const answer = (status: number, body: unknown): Response =>
    new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
  const refusal = { type: "x", title: "x", status: 401, detail: "x", code: "unauthenticated", requestId: "x" };
  const server: typeof fetch = async (input, init) => {
    const path = new URL(input instanceof Request ? input.url : input).pathname.replace("/livekit-replay", "");
    const token = new Headers(init?.headers).get("authorization")?.replace("Bearer ", "") ?? null;
    sent.push({ path, token });
    if (path === "/page") return answer(200, { embedOrigins: [HOST] });
    if (path === "/demo/sign-in") {
      const fresh = tokenOf("alice");
      good.add(fresh);
      return answer(200, { token: fresh, userId: "alice", name: "ALICE", expiresAtMs: Date.now() + 3_600_000 });
    }
    if (token === null || !good.has(token)) return answer(401, refusal);
    return answer(200, {});
  };
  const store = new AccountStore({
    baseUrl: "https://replay.example/livekit-replay",
    page,
    self,
    storing: () => memory,
    fetch: server,
    ...change,
  });
  const tell = (data: unknown): void => hear?.({ source: parent, origin: HOST, data });
  const give = (token: string, isGood = true): void => {
    if (isGood) good.add(token);
    tell({ type: "replay:token", token });
  };
  return { store, good, sent, asked, memory, tell, give };
};

const userId = ({ store }: { readonly store: AccountStore }): string | undefined => store.value.get().account?.userId;
const stopping: AccountStore[] = [];

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
});
afterEach(() => {
  for (const store of stopping.splice(0)) {
    store.signOut();
    store.host.close();
  }
  vi.useRealTimers();
});
const start = (...args: Parameters<typeof begin>): ReturnType<typeof begin> => {
  const begun = begin(...args);
  stopping.push(begun.store);
  return begun;
};

describe("the way in", () => {
  test("a token of the address; it is remembered in this tab", () => {
    const token = tokenOf("alice");
    const begun = start({ token }, false);
    expect(begun.store.value.get()).toMatchObject({ account: { userId: "alice", name: "ALICE", way: "host" }, waiting: false });
    const again = start({ storing: () => begun.memory }, false);
    expect(userId(again)).toBe("alice");
  });

  test("something else in the address is said", () => {
    expect(start({ token: "no-token" }, false).store.value.get()).toMatchObject({ account: null, notice: "unusable" });
  });

  test("what another version remembered, or nothing can be read of, is nobody", () => {
    const memory = new Memory();
    memory.setItem("replay.account", JSON.stringify({ userId: "alice", name: "Alice", token: "x.y.z" }));
    expect(userId(start({ storing: () => memory }, false))).toBeUndefined();
    const refusing = (): Storing => {
      throw new Error("not in this frame");
    };
    expect(userId(start({ storing: refusing, token: tokenOf("bob") }, false))).toBe("bob");
  });

  test("the host's window, which is asked until it answers", async () => {
    const begun = start();
    await vi.advanceTimersByTimeAsync(5000);
    expect(begun.asked.length).toBeGreaterThan(2);
    expect(new Set(begun.asked)).toEqual(new Set(["start"]));
    begun.give(tokenOf("alice"));
    expect(userId(begun)).toBe("alice");
    const { length } = begun.asked;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(begun.asked).toHaveLength(length);
  });

  test("the host is asked also where this tab remembers somebody: it may be another person by now", async () => {
    const memory = new Memory();
    memory.setItem("replay.account", JSON.stringify({ token: tokenOf("alice"), way: "host" }));
    const begun = start({ storing: () => memory });
    await vi.advanceTimersByTimeAsync(0);
    expect(begun.asked).toEqual(["start"]);
    begun.give(tokenOf("bob"));
    expect(userId(begun)).toBe("bob");
  });
});

describe("the next token", () => {
  test("the demo's comes by itself", async () => {
    const begun = start({}, false);
    await begun.store.signIn("alice");
    const { account } = begun.store.value.get();
    const before = account?.keeper.token;
    begun.good.clear();
    await account?.client.clips.delete("x");
    expect(begun.sent.map(({ path }) => path)).toEqual(["/demo/sign-in", "/clips/x", "/demo/sign-in", "/clips/x"]);
    expect(account?.keeper.token).not.toBe(before);
    expect(begun.memory.getItem("replay.account")).toContain(account?.keeper.token);
    expect(begun.store.value.get()).toMatchObject({ account: { userId: "alice" }, waiting: false });
  });

  test("the host is asked for it before the end; what is done meanwhile waits and goes on", async () => {
    const begun = start();
    begun.give(tokenOf("alice", 60_000));
    await vi.advanceTimersByTimeAsync(0);
    begun.give(tokenOf("alice", 60_000));
    await vi.advanceTimersByTimeAsync(50_000);
    expect(begun.asked).toContain("expiring");
    begun.good.clear();
    const { account } = begun.store.value.get();
    const deleted = account?.client.clips.delete("x");
    await vi.advanceTimersByTimeAsync(3000);
    expect(begun.store.value.get().waiting).toBe(true);
    expect(begun.asked).toContain("refused");
    begun.give(tokenOf("alice"));
    await deleted;
    expect(begun.store.value.get()).toMatchObject({ account: { userId: "alice" }, waiting: false });
    expect(begun.store.value.get().account).toBe(account);
  });
});

describe("another person", () => {
  test("has another client; what was begun as the one before is never sent with the new token", async () => {
    const begun = start();
    await vi.advanceTimersByTimeAsync(0);
    const ofAlice = tokenOf("alice");
    begun.give(ofAlice);
    const alice = begun.store.value.get().account;
    const ofBob = tokenOf("bob");
    begun.give(ofBob);
    const bob = begun.store.value.get().account;
    expect(bob?.client).not.toBe(alice?.client);
    await alice?.client.clips.delete("x");
    await bob?.client.clips.delete("y");
    expect(begun.sent.filter(({ path }) => path.startsWith("/clips"))).toEqual([
      { path: "/clips/x", token: ofAlice },
      { path: "/clips/y", token: ofBob },
    ]);
    expect(begun.memory.getItem("replay.account")).toContain(ofBob);
  });

  test("a sign-out by the host leaves nothing behind", async () => {
    const begun = start();
    await vi.advanceTimersByTimeAsync(0);
    begun.give(tokenOf("alice"));
    begun.tell({ type: "replay:sign-out" });
    expect(begun.store.value.get()).toMatchObject({ account: null, notice: "signed-out" });
    expect(begun.memory.all.size).toBe(0);
  });
});
