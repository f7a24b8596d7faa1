/** From what a request carries (a `Bearer` token, a signed link) to the person who asks. */
import { ReplayError, type WallMs } from "@livekit-replay/contract";
import type { Caller, Directory } from "../directory/port.js";
import type { LinkKind, LinkSigner } from "./link.js";
import type { Tokens } from "./token.js";

/** A person, and whether the token itself made them instance admin. */
export interface Identity {
  readonly caller: Caller;
  readonly adminByToken: boolean;
}

const bearer = /^Bearer +([A-Za-z0-9._~+/=-]{1,8192})$/i;

/** The token of an `Authorization` header. @throws ReplayError `unauthenticated` without one. */
export function bearerToken(header: string | undefined): string {
  const token = header === undefined ? undefined : bearer.exec(header)?.[1];
  if (token === undefined) throw new ReplayError("unauthenticated");
  return token;
}

/** Recognises people. Their flag of instance admin comes from the token or the directory; asked for at each request. */
export class Identities {
  readonly #tokens: Tokens;
  readonly #links: LinkSigner;
  readonly #directory: Directory;

  constructor(tokens: Tokens, links: LinkSigner, directory: Directory) {
    this.#tokens = tokens;
    this.#links = links;
    this.#directory = directory;
  }

  /** @throws ReplayError `unauthenticated`, `directory_unavailable` */
  async byHeader(header: string | undefined): Promise<Identity> {
    const claims = await this.#tokens.verify(bearerToken(header));
    return this.#identity(claims.userId, claims.name, claims.admin, claims.expiresAt);
  }

  /** @throws ReplayError `unauthenticated`, `directory_unavailable` */
  async byLink(token: string, kind: LinkKind, id: string): Promise<Identity> {
    const holder = this.#links.verify(token, kind, id);
    return this.#identity(holder.userId, null, holder.adminByToken, holder.expiresAt);
  }

  async #identity(userId: string, name: string | null, adminByToken: boolean, expiresAt: WallMs): Promise<Identity> {
    const person = await this.#directory.person(userId);
    const admin = adminByToken || person?.admin === true;
    return { caller: { userId, name: person?.name ?? name ?? userId, admin, tokenExpiresAtMs: expiresAt }, adminByToken };
  }
}
