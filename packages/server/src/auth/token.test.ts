/** Every token that is not right is refused, and with the same answer. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ReplayError, wallMs } from "@livekit-replay/contract";
import type { AuthConfig } from "../config/read.js";
import { Tokens } from "./token.js";

const secret = "a secret that is long enough for HS256";
const key = new TextEncoder().encode(secret);
const now = 1_800_000_000_000;
const clock = { now: () => wallMs(now) };
const nothing: AuthConfig = { jwtSecret: null, jwksUrl: null, issuer: null, audience: null };
const exp = now / 1000 + 60;

const tokens = (config: Partial<AuthConfig> = {}): Tokens => new Tokens({ config: { ...nothing, ...config }, secret, clock });
const token = (claims: Record<string, unknown>, alg = "HS256", with_: Uint8Array = key): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg }).sign(with_);

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "accepted";
  } catch (error) {
    return error instanceof ReplayError ? error.code : String(error);
  }
}

describe("HS256", () => {
  test("says who it is", async () => {
    expect(await tokens().verify(await token({ sub: "ann", name: "Ann", exp, admin: true }))).toEqual({
      userId: "ann",
      name: "Ann",
      admin: true,
      expiresAt: exp * 1000,
    });
    expect(await tokens().verify(await token({ sub: "ann", exp }))).toEqual({
      userId: "ann",
      name: null,
      admin: false,
      expiresAt: exp * 1000,
    });
  });

  test("what is issued is accepted", async () => {
    const issuer = tokens({ issuer: "https://replay.example", audience: "replay" });
    const issued = await issuer.issue({ userId: "ann", name: "Ann", admin: false, expiresAt: wallMs(exp * 1000) });
    expect(await issuer.verify(issued)).toMatchObject({ userId: "ann", name: "Ann", admin: false });
    expect(await codeOf(tokens({ issuer: "https://other.example" }).verify(issued))).toBe("unauthenticated");
  });

  test.each<[string, () => Promise<string> | string]>([
    ["expired", () => token({ sub: "ann", exp: now / 1000 - 1 })],
    ["without an end", () => token({ sub: "ann" })],
    ["without a subject", () => token({ exp })],
    ["with an empty subject", () => token({ sub: "", exp })],
    ["with a subject of 151 bytes", () => token({ sub: "a".repeat(151), exp })],
    ["with a subject that is no text", () => token({ sub: 7, exp })],
    ["not valid yet", () => token({ sub: "ann", exp, nbf: now / 1000 + 30 })],
    ["of another key", () => token({ sub: "ann", exp }, "HS256", new TextEncoder().encode("another secret that is long enough"))],
    ["of another algorithm", () => token({ sub: "ann", exp }, "HS512")],
    ["unsigned", () => new UnsecuredJWT({ sub: "ann", exp }).encode()],
    ["cut off", async () => (await token({ sub: "ann", exp })).slice(0, -2)],
    ["not a token", () => "hello"],
    ["empty", () => ""],
    ["dots", () => "..."],
  ])("%s: unauthenticated", async (_what, make) => {
    expect(await codeOf(tokens().verify(await make()))).toBe("unauthenticated");
  });

  test("an admin claim that is not true makes no admin", async () => {
    expect(await tokens().verify(await token({ sub: "ann", exp, admin: "true" }))).toMatchObject({ admin: false });
  });

  test("issuer and audience are checked when they are set", async () => {
    const strict = tokens({ issuer: "me", audience: "you" });
    expect(await codeOf(strict.verify(await token({ sub: "ann", exp, iss: "me", aud: "you" })))).toBe("accepted");
    expect(await codeOf(strict.verify(await token({ sub: "ann", exp, iss: "me" })))).toBe("unauthenticated");
    expect(await codeOf(strict.verify(await token({ sub: "ann", exp, iss: "me", aud: "they" })))).toBe("unauthenticated");
  });
});

describe("JWKS", () => {
  let server: Server;
  let jwksUrl: string;
  const pair = generateKeyPair("ES256", { extractable: true });

  beforeAll(async () => {
    const jwk = { ...(await exportJWK((await pair).publicKey)), kid: "one", alg: "ES256" };
    server = createServer((_request, response) =>
      response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: [jwk] })),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  });
  afterAll(() => server.close());

  const own = async (): Promise<string> =>
    new SignJWT({ sub: "ann", exp }).setProtectedHeader({ alg: "ES256", kid: "one" }).sign((await pair).privateKey);

  test("its keys are accepted", async () => {
    const judge = new Tokens({ config: { ...nothing, jwksUrl }, secret: null, clock });
    expect(await judge.verify(await own())).toMatchObject({ userId: "ann" });
  });

  test("another key, and HS256 where no secret is shared, are not", async () => {
    const judge = new Tokens({ config: { ...nothing, jwksUrl }, secret: null, clock });
    const other = await generateKeyPair("ES256");
    expect(
      await codeOf(
        judge.verify(await new SignJWT({ sub: "ann", exp }).setProtectedHeader({ alg: "ES256", kid: "one" }).sign(other.privateKey)),
      ),
    ).toBe("unauthenticated");
    expect(await codeOf(judge.verify(await token({ sub: "ann", exp })))).toBe("unauthenticated");
  });

  test("keys that cannot be reached are no reason to believe", async () => {
    const judge = new Tokens({ config: { ...nothing, jwksUrl: "http://127.0.0.1:1/keys" }, secret: null, clock });
    expect(await codeOf(judge.verify(await own()))).toBe("directory_unavailable");
  });

  test.each([
    ["an error", 502, "Bad Gateway"],
    ["no JSON", 200, "<html>Be right back</html>"],
    ["no keys", 200, "{}"],
  ])("where they were there is %s: nobody is told that their token is wrong", async (_what, status, body) => {
    const ill = createServer((_request, response) => response.writeHead(status, { "content-type": "application/json" }).end(body));
    await new Promise<void>((resolve) => ill.listen(0, "127.0.0.1", resolve));
    try {
      const at = `http://127.0.0.1:${(ill.address() as AddressInfo).port}/keys`;
      const judge = new Tokens({ config: { ...nothing, jwksUrl: at }, secret: null, clock });
      expect(await codeOf(judge.verify(await own()))).toBe("directory_unavailable");
    } finally {
      ill.close();
    }
  });
});
