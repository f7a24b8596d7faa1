/**
 * What one server says to another: an HMAC over who speaks to whom, when, and about which request. The key is derived from the secret that all servers share,
 * so that nobody else can speak as one of them, and nothing that was said to one is good for another.
 */
import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { ReplayError } from "@livekit-replay/contract";
import { z } from "zod";

/** The header that carries it. */
export const signatureHeader = "livekit-replay-server";

/** A request that one server sends to another. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Its `Authorization` header: of the person whose request is passed on. */
  readonly authorization: string | undefined;
  /** The body, where what is said rests on the signature alone; empty for a request that is passed on, which is judged by its own token. */
  readonly body: string;
}

const statementSchema = z.object({
  from: z.string().min(1).max(64),
  to: z.string().min(1).max(64),
  atMs: z.number(),
  nonce: z.string().max(64),
  /** Of a request that is passed on: when it arrived at the first server, and the address that it was sent to there. */
  passed: z.object({ arrivedAtMs: z.number(), base: z.string().max(2048) }).optional(),
});

/** Who speaks to whom. */
export type Statement = z.output<typeof statementSchema>;

/** How far two servers' clocks may be apart, the way included. */
const toleranceMs = 30_000;

const shape = /^v1\.([A-Za-z0-9_-]{1,6000})\.([A-Za-z0-9_-]{43})$/;

const digest = (text: string): string => createHash("sha256").update(text).digest("base64url");

/** Signs and checks. */
export class ServerSigner {
  readonly #key: Buffer;

  /** @param secret the one that all servers share; the key is derived from it (HKDF, RFC 5869). */
  constructor(secret: string) {
    this.#key = Buffer.from(hkdfSync("sha256", secret, "", "livekit-replay servers", 32));
  }

  /** The header's value. */
  sign(statement: Omit<Statement, "atMs" | "nonce">, request: SignedRequest): string {
    const said: Statement = { ...statement, atMs: Date.now(), nonce: randomBytes(9).toString("base64url") };
    const text = Buffer.from(JSON.stringify(said)).toString("base64url");
    return `v1.${text}.${this.#mac(text, request)}`;
  }

  /** @throws ReplayError `unauthenticated` when it was not said by one of us, to `to`, about this request, now. */
  verify(header: string, to: string, request: SignedRequest): Statement {
    const match = shape.exec(header);
    const [, text = "", mac = ""] = match ?? [];
    const wanted = this.#mac(text, request);
    if (!match || !timingSafeEqual(Buffer.from(mac), Buffer.from(wanted))) throw refusal("the servers do not share one secret");
    const said = statementSchema.safeParse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
    if (!said.success || said.data.to !== to) throw refusal("it was meant for another server");
    if (Math.abs(Date.now() - said.data.atMs) > toleranceMs) throw refusal("the clocks of the servers are too far apart");
    return said.data;
  }

  /** Shows who was asked that the answer comes from one of us. */
  answer(question: string, id: string): string {
    return createHmac("sha256", this.#key).update(`answer\n${id}\n${question}`).digest("base64url");
  }

  #mac(text: string, { method, url, authorization = "", body }: SignedRequest): string {
    const about = [method, url, digest(authorization), digest(body)].join("\n");
    return createHmac("sha256", this.#key).update(`v1\n${text}\n${about}`).digest("base64url");
  }
}

const refusal = (why: string): ReplayError =>
  new ReplayError("unauthenticated", { detail: `The signature of another server is not valid: ${why}` });
