/** A token over its life, on a simulated clock. */
import type { TokenWanted } from "@livekit-replay/contract";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readToken } from "./claims.js";
import { UnreachableError } from "./error.js";
import { renewInMs, TokenKeeper, type TokenKeeperOptions, type TokenState } from "./keeper.js";

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
let count = 0;
const tokenOf = (sub: string, lifeMs: number): string => {
  count += 1;
  return `${encode({ alg: "HS256" })}.${encode({ sub, exp: (Date.now() + lifeMs) / 1000, jti: count })}.c2ln`;
};
const HOUR = 60 * 60_000;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A keeper of Alice whose host answers what the test says. */
const keep = (answer: (why: TokenWanted) => string | null, options: Partial<TokenKeeperOptions> = {}) => {
  const asked: TokenWanted[] = [];
  const states: TokenState[] = [];
  const keeper = new TokenKeeper({
    ask: async (why) => {
      asked.push(why);
      return answer(why);
    },
    userId: "alice",
    random: () => 0,
    onState: (state) => states.push(state),
    ...options,
  });
  return { keeper, asked, states };
};

describe("what stands in a token", () => {
  test("is read, with letters beyond ASCII; a token without a name has the id", () => {
    const exp = 2_000_000_000;
    expect(readToken(`x.${encode({ sub: "alice", name: "Ålice 王", exp })}.y`)).toEqual({
      userId: "alice",
      name: "Ålice 王",
      expiresAtMs: exp * 1000,
    });
    expect(readToken(`x.${encode({ sub: "alice", exp })}.y`)?.name).toBe("alice");
  });

  test.each([
    ["", "nothing"],
    ["abc", "no JWT"],
    ["a.b.c", "no JSON"],
    [`a.${encode({ sub: "alice" })}.c`, "no end"],
    [`a.${encode({ exp: 2_000_000_000 })}.c`, "nobody"],
    [`a.${encode({ sub: "alice", exp: "soon" })}.c`, "no number"],
    [`a.${encode({ sub: "alice", exp: 2_000_000_000 })}.c.d`, "four parts"],
    [`a.${encode({ sub: "alice", exp: 2_000_000_000 })}.<script>`, "other letters"],
  ])("is nothing: %s (%s)", (token) => {
    expect(readToken(token)).toBeUndefined();
  });
});

describe("when the next one is asked for", () => {
  test.each([
    [HOUR, 0, 55 * 60_000],
    [HOUR, 1, 52.5 * 60_000],
    [60_000, 0, 48_000],
    [60_000, 1, 42_000],
    [1000, 0, 5000],
    [-HOUR, 0, 5000],
  ])("%d ms left, chance %d: after %d ms", (leftMs, random, inMs) => {
    expect(renewInMs(leftMs, random)).toBeCloseTo(inMs, 6);
  });

  test("before its end, and again and again", async () => {
    const { keeper, asked, states } = keep(() => tokenOf("alice", HOUR), { token: tokenOf("alice", HOUR) });
    const first = keeper.token;
    await vi.advanceTimersByTimeAsync(55 * 60_000 - 1);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toEqual(["expiring"]);
    expect(keeper.token).not.toBe(first);
    await vi.advanceTimersByTimeAsync(10 * HOUR);
    expect(asked.length).toBeGreaterThan(9);
    expect(new Set(asked)).toEqual(new Set(["expiring"]));
    expect(states).toEqual(["good"]);
    keeper.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("by the server's clock, not by this machine's", async () => {
    const serverAheadMs = 30 * 60_000;
    const { keeper, asked } = keep(() => tokenOf("alice", 2 * HOUR), {
      token: tokenOf("alice", HOUR),
      now: () => Date.now() + serverAheadMs,
    });
    await vi.advanceTimersByTimeAsync(25 * 60_000);
    expect(asked).toEqual(["expiring"]);
    keeper.close();
  });

  test("a token of months outlives the longest timer", async () => {
    const { keeper, asked } = keep(() => null, { token: tokenOf("alice", 60 * 24 * HOUR) });
    await vi.advanceTimersByTimeAsync(59 * 24 * HOUR);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(24 * HOUR - 5 * 60_000);
    expect(asked).toEqual(["expiring"]);
    keeper.close();
  });
});

describe("a token that the server refuses", () => {
  test("is replaced at once, once for everybody who asks", async () => {
    const { keeper, asked } = keep(() => tokenOf("alice", HOUR), { token: tokenOf("alice", HOUR) });
    const { token } = keeper;
    const [one, other] = await Promise.all([keeper.source({ refused: true, token }), keeper.source({ refused: true, token })]);
    expect(one).toBe(other);
    expect(one).not.toBe(token);
    // Somebody whose request was slow hears of the old one's refusal last.
    expect(await keeper.source({ refused: true, token })).toBe(one);
    expect(asked).toEqual(["refused"]);
    keeper.close();
  });

  test("requests wait for the next one, which may come by itself", async () => {
    const { keeper, states } = keep(() => null, { token: tokenOf("alice", HOUR) });
    const waiting = keeper.source({ refused: true });
    await vi.advanceTimersByTimeAsync(9000);
    expect(keeper.state).toBe("wanted");
    const next = tokenOf("alice", HOUR);
    expect(keeper.take(next)).toBe(true);
    expect(await waiting).toBe(next);
    expect(states).toEqual(["good", "wanted", "good"]);
    keeper.close();
  });

  test("is asked for with growing pauses; a request gives up, and nothing waits for ever", async () => {
    const times: number[] = [];
    const { keeper } = keep(
      () => {
        times.push(Date.now());
        throw new Error("the host is away");
      },
      { token: tokenOf("alice", HOUR) },
    );
    const waiting = keeper.source({ refused: true }).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await waiting).toBeInstanceOf(UnreachableError);
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(pauses.slice(0, 6)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000]);
    expect(Math.max(...pauses)).toBe(30_000);
    keeper.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("somebody who looks again does not wait for the clock", async () => {
    let here = false;
    const { keeper, asked } = keep(() => (here ? tokenOf("alice", HOUR) : null), { token: tokenOf("alice", HOUR) });
    const waiting = keeper.source({ refused: true }).catch(() => null);
    await vi.advanceTimersByTimeAsync(60_000);
    await waiting;
    const before = asked.length;
    here = true;
    keeper.hurry();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toHaveLength(before + 1);
    expect(keeper.state).toBe("good");
    keeper.hurry();
    expect(asked).toHaveLength(before + 1);
    keeper.close();
  });

  test("the same one again is no news", async () => {
    const token = tokenOf("alice", HOUR);
    const { keeper } = keep(() => token, { token });
    const waiting = keeper.source({ refused: true }).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await waiting).toBeInstanceOf(UnreachableError);
    expect(keeper.take(token)).toBe(false);
    keeper.close();
  });
});

describe("whose token", () => {
  test("another person's is not taken", async () => {
    const { keeper } = keep(() => tokenOf("bob", HOUR), { token: tokenOf("alice", HOUR) });
    const { token } = keeper;
    expect(keeper.take(tokenOf("bob", HOUR))).toBe(false);
    const waiting = keeper.source({ refused: true }).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await waiting).toBeInstanceOf(UnreachableError);
    expect(keeper.token).toBe(token);
    keeper.close();
  });

  test("without a name the first one decides", () => {
    const keeper = new TokenKeeper({ ask: async () => null, token: tokenOf("alice", HOUR) });
    expect(keeper.take(tokenOf("bob", HOUR))).toBe(false);
    expect(keeper.take(tokenOf("alice", HOUR))).toBe(true);
    keeper.close();
  });

  test("after the sign-out the last requests go with the last token, and nobody is asked", async () => {
    const { keeper, asked } = keep(() => tokenOf("alice", HOUR), { token: tokenOf("alice", HOUR) });
    keeper.close();
    expect(await keeper.source({ refused: false })).toBe(keeper.token);
    expect(await keeper.source({ refused: true })).toBe(keeper.token);
    expect(keeper.take(tokenOf("alice", HOUR))).toBe(false);
    expect(asked).toEqual([]);
  });
});
