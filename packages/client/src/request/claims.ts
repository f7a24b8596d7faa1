/** Reads what stands in an access token. Nothing is verified here: that is the server's. */
import { tokenClaimsSchema } from "@livekit-replay/contract";

/** What a token says of itself. */
export interface TokenReading {
  readonly userId: string;
  /** The id where the token has no name. */
  readonly name: string;
  readonly expiresAtMs: number;
}

/** The middle one of three parts, each in base64url (RFC 7515, 7.1). */
const shape = /^[\w-]+\.([\w-]+)\.[\w-]+$/;

/** The reading of a JWT; undefined for anything else. */
export const readToken = (token: string): TokenReading | undefined => {
  const payload = shape.exec(token)?.[1];
  if (payload === undefined) return undefined;
  let value: unknown;
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.codePointAt(0) ?? 0);
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
  const claims = tokenClaimsSchema.safeParse(value);
  if (!claims.success) return undefined;
  const { sub, exp, name = sub } = claims.data;
  return { userId: sub, name, expiresAtMs: exp * 1000 };
};
