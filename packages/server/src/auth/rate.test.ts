/** Counts of requests: by the minute, by person or network, bounded however many come. */
import { afterEach, expect, test, vi } from "vitest";
import { ReplayError } from "@livekit-replay/contract";
import { Metrics } from "../platform/metrics.js";
import { RateLimits } from "./rate.js";

const limits = { start: 2, capture: 1, share: 0, write: 1, signIn: 3 };
const metrics = new Metrics();
let rates = new RateLimits(limits, metrics);

afterEach(() => {
  rates.onApplicationShutdown();
  rates = new RateLimits(limits, metrics);
  vi.useRealTimers();
});

const bob = { userId: "bob", admin: false };
const answer = (asked: Promise<void>): Promise<string> =>
  asked.then(
    () => "yes",
    (error: unknown) => (error instanceof ReplayError ? `${error.code} ${String(error.retryAfterSeconds)}` : "an error"),
  );

test("so many in a minute, each kind and each person by itself; the refusal says when", async () => {
  vi.useFakeTimers();
  expect(await answer(rates.person("start", bob))).toBe("yes");
  vi.advanceTimersByTime(20_000);
  expect(await answer(rates.person("start", bob))).toBe("yes");
  expect(await answer(rates.person("start", bob))).toBe("rate_limited 40");
  expect(await answer(rates.person("capture", bob))).toBe("yes");
  expect(await answer(rates.person("start", { userId: "carol", admin: false }))).toBe("yes");
  vi.advanceTimersByTime(40_001);
  expect(await answer(rates.person("start", bob))).toBe("yes");
  expect(await answer(rates.person("start", bob))).toBe("rate_limited 20");
});

test("off is off; reading is not counted; an instance admin writes without a limit and captures with one", async () => {
  for (let n = 0; n < 10; n += 1) expect(await answer(rates.person("share", bob))).toBe("yes");
  for (let n = 0; n < 10; n += 1) expect(await answer(rates.person(null, bob))).toBe("yes");
  const admin = { userId: "alice", admin: true };
  for (let n = 0; n < 10; n += 1) expect(await answer(rates.person("write", admin))).toBe("yes");
  expect(await answer(rates.person("capture", admin))).toBe("yes");
  expect(await answer(rates.person("capture", admin))).toMatch(/^rate_limited \d+$/);
});

test("addresses of one IPv6 network are one, and a mapped IPv4 address is itself", async () => {
  for (const host of ["1", "2", "3"]) expect(await answer(rates.address("failed_sign_in", `2001:db8:1:2::${host}`))).toBe("yes");
  expect(await answer(rates.address("failed_sign_in", "2001:db8:1:2:ffff::9"))).toMatch(/^rate_limited/);
  expect(await answer(rates.address("failed_sign_in", "2001:db8:1:3::1"))).toBe("yes");
  for (const ip of ["192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1"]) expect(await answer(rates.address("failed_sign_in", ip))).toBe("yes");
  expect(await answer(rates.address("failed_sign_in", "::ffff:192.0.2.1"))).toMatch(/^rate_limited/);
  expect(await answer(rates.address("demo_sign_in", "192.0.2.1"))).toBe("yes");
});

test("a flood of addresses takes bounded memory, and is limited all the same", async () => {
  const few = new RateLimits(limits, metrics, 50);
  const answers: string[] = [];
  for (let n = 0; n < 8000; n += 1)
    answers.push((await answer(few.address("failed_sign_in", `10.1.${n >> 8}.${n & 255}`))).split(" ")[0] ?? "");
  expect(few.counted).toBeLessThanOrEqual(50 + 1024);
  expect(answers.filter((one) => one === "yes").length).toBeLessThanOrEqual(50 + 1024 * limits.signIn);
  // Who was counted before goes on by itself.
  expect(await answer(few.address("failed_sign_in", "10.1.0.1"))).toBe("yes");
  few.onApplicationShutdown();
  expect(few.counted).toBe(0);
});
