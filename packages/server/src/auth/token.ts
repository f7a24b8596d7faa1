/**
 * Access tokens: JWTs, HS256 with the server's secret, or any asymmetric algorithm of the keys at `JWKS_URL`.
 * Whatever is wrong with one is the same refusal, `unauthenticated`.
 */
import { createRemoteJWKSet, decodeProtectedHeader, errors, jwtVerify, type JWTVerifyOptions, SignJWT } from "jose";
import { ReplayError, tokenClaimsSchema, type WallMs, wallMs } from "@livekit-replay/contract";
import type { AuthConfig } from "../config/read.js";
import type { Clock } from "../platform/clock.js";

/** What a verified token says. */
export interface Claims {
  readonly userId: string;
  readonly name: string | null;
  /** The token itself says that the person is instance admin. */
  readonly admin: boolean;
  readonly expiresAt: WallMs;
}

/** What a token is made of. */
export interface IssueOptions {
  readonly userId: string;
  readonly name: string;
  readonly admin: boolean;
  readonly expiresAt: WallMs;
}

const asymmetric = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];

const refuse = (cause?: unknown): ReplayError => new ReplayError("unauthenticated", { cause });

/** Options of `Tokens`. */
export interface TokensOptions {
  readonly config: AuthConfig;
  /** The key of HS256 tokens; null: only those of the JWKS are accepted, and none is issued. */
  readonly secret: string | null;
  readonly clock: Clock;
}

/** Verifies tokens, and issues those of the demo. */
export class Tokens {
  readonly #clock: Clock;
  readonly #secret: Uint8Array | null;
  readonly #keys: ReturnType<typeof createRemoteJWKSet> | null;
  readonly #expected: JWTVerifyOptions;
  readonly #config: AuthConfig;

  constructor({ config, secret, clock }: TokensOptions) {
    this.#clock = clock;
    this.#config = config;
    this.#secret = secret === null ? null : new TextEncoder().encode(secret);
    this.#keys = config.jwksUrl === null ? null : createRemoteJWKSet(new URL(config.jwksUrl));
    this.#expected = {
      requiredClaims: ["sub", "exp"],
      ...(config.issuer === null ? {} : { issuer: config.issuer }),
      ...(config.audience === null ? {} : { audience: config.audience }),
    };
  }

  /**
   * What a token says.
   * @throws ReplayError `unauthenticated` for any token that is not valid now; `directory_unavailable` when the JWKS cannot be reached.
   */
  async verify(token: string): Promise<Claims> {
    const payload = await this.#payload(token);
    const claims = tokenClaimsSchema.safeParse(payload);
    if (!claims.success) throw refuse(claims.error);
    const { sub, exp, name = null, admin = false } = claims.data;
    return { userId: sub, name, admin, expiresAt: wallMs(exp * 1000) };
  }

  /** Whether `issue` can be used. */
  get issues(): boolean {
    return this.#secret !== null;
  }

  /** Makes a token. @throws Error without a secret. */
  async issue({ userId, name, admin, expiresAt }: IssueOptions): Promise<string> {
    if (this.#secret === null) throw new Error("tokens cannot be issued without a secret");
    const { issuer, audience } = this.#config;
    const token = new SignJWT({ name, ...(admin ? { admin } : {}) })
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .setSubject(userId)
      .setIssuedAt(new Date(this.#clock.now()))
      .setExpirationTime(new Date(expiresAt));
    if (issuer !== null) token.setIssuer(issuer);
    if (audience !== null) token.setAudience(audience);
    return token.sign(this.#secret);
  }

  async #payload(token: string): Promise<unknown> {
    const options = { ...this.#expected, currentDate: new Date(this.#clock.now()) };
    const alg = algorithmOf(token);
    try {
      if (alg === "HS256" && this.#secret) return (await jwtVerify(token, this.#secret, { ...options, algorithms: ["HS256"] })).payload;
      if (this.#keys) return (await jwtVerify(token, this.#keys, { ...options, algorithms: asymmetric })).payload;
    } catch (error) {
      if (isOfToken(error)) throw refuse(error);
      throw new ReplayError("directory_unavailable", { detail: "The keys at JWKS_URL cannot be reached", cause: error });
    }
    throw refuse();
  }
}

/** Whether it is the token that is wrong. Keys that do not come, or come as something else (an error page, above all), say nothing of it. */
const isOfToken = (error: unknown): boolean =>
  error instanceof errors.JOSEError &&
  error.code !== errors.JOSEError.code &&
  !(error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid);

/** What a token says it is signed with; which key is tried depends on it. */
function algorithmOf(token: string): unknown {
  try {
    return decodeProtectedHeader(token).alg;
  } catch (error) {
    throw refuse(error);
  }
}
