/** A link is good for one clip or session, one person, one hour, and cannot be changed into another. */
import { expect, test } from "vitest";
import { test as property, fc } from "@fast-check/vitest";
import { ReplayError, wallMs } from "@livekit-replay/contract";
import { type LinkHolder, linkLifetime, LinkSigner } from "./link.js";

const start = 1_800_000_000_000;
let now = start;
const clock = { now: () => wallMs(now) };
const secret = "a secret that is long enough for this";
const signer = new LinkSigner(secret, clock);
const ann: LinkHolder = { userId: "ann", adminByToken: false, expiresAt: wallMs(start + 10 * linkLifetime) };

const verdict = (token: string, kind: "clip" | "session" = "clip", id = "one", by = signer): string => {
  try {
    return by.verify(token, kind, id).userId;
  } catch (error) {
    return error instanceof ReplayError ? error.code : String(error);
  }
};

test("it speaks for its person", () => {
  now = start;
  expect(verdict(signer.sign("clip", "one", ann))).toBe("ann");
});

test("it is for nothing else", () => {
  now = start;
  const token = signer.sign("clip", "one", ann);
  expect(verdict(token, "clip", "two")).toBe("unauthenticated");
  expect(verdict(token, "session", "one")).toBe("unauthenticated");
  expect(verdict(token, "clip", "one", new LinkSigner("another secret that is long enough", clock))).toBe("unauthenticated");
});

test("it ends within the hour, and not at once", () => {
  now = start;
  const token = signer.sign("clip", "one", ann);
  now = start + linkLifetime - 11 * 60_000;
  expect(verdict(token)).toBe("ann");
  now = start + linkLifetime;
  expect(verdict(token)).toBe("unauthenticated");
});

test("it stays the same for a while, so that browsers can cache", () => {
  now = Math.ceil(start / 600_000) * 600_000;
  const token = signer.sign("clip", "one", ann);
  now += 9 * 60_000;
  expect(signer.sign("clip", "one", ann)).toBe(token);
});

test("an admin by token has it no longer than the token", () => {
  now = start;
  const holder = { ...ann, adminByToken: true, expiresAt: wallMs(start + 60_000) };
  const token = signer.sign("clip", "one", holder);
  expect(signer.verify(token, "clip", "one")).toMatchObject({ adminByToken: true });
  now = start + 60_000;
  expect(verdict(token)).toBe("unauthenticated");
});

property.prop([fc.string({ minLength: 1, maxLength: 30 }).filter((text) => /^[^\p{Cc}\p{Cs}]+$/u.test(text))])(
  "any person's id survives the way",
  (userId) => {
    now = start;
    expect(verdict(signer.sign("session", "s", { ...ann, userId }), "session", "s")).toBe(userId);
  },
);

property.prop([fc.nat(), fc.integer({ min: 33, max: 126 })])("no changed character is accepted", (at, code) => {
  now = start;
  const token = signer.sign("clip", "one", ann);
  const index = at % token.length;
  const changed = token.slice(0, index) + String.fromCharCode(code) + token.slice(index + 1);
  // The last character of base64url carries bits that mean nothing.
  fc.pre(changed !== token && index !== token.length - 1);
  expect(verdict(changed)).toBe("unauthenticated");
});
