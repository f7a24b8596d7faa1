/**
 * Signed links: an HMAC over one clip or session, a user and an expiry, for `<img>`, `<video>` and downloads that cannot send a header.
 * A link is good for every file of that one clip or session and for nothing else; rights are asked again at each request.
 */
import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { millis, type Millis, ReplayError, userIdSchema, type WallMs, wallMs } from "@livekit-replay/contract";
import type { Clock } from "../platform/clock.js";

/** What a link is for. */
export type LinkKind = "clip" | "session";

/** Who a link speaks for. */
export interface LinkHolder {
  readonly userId: string;
  /** The token that the link was made with said that the person is instance admin. */
  readonly adminByToken: boolean;
  /** When the token, or the link itself, ends. */
  readonly expiresAt: WallMs;
}

/** How long a link is good for, at most. */
export const linkLifetime: Millis = millis(60 * 60_000);
/** Expiries lie on a grid, so that the same address comes back for a while and browsers can cache what it names. */
const grid = 10 * 60_000;

const shape = /^([0-9a-z]{1,11})\.([ap])\.([A-Za-z0-9_-]{1,220})\.([A-Za-z0-9_-]{43})$/;

/** Makes and checks signed links. */
export class LinkSigner {
  readonly #key: Buffer;
  readonly #clock: Clock;

  /** @param secret the server's secret; the key is derived from it (HKDF, RFC 5869), so that neither tells of the other. */
  constructor(secret: string, clock: Clock) {
    this.#key = Buffer.from(hkdfSync("sha256", secret, "", "livekit-replay signed links", 32));
    this.#clock = clock;
  }

  /** The `token` of a link. Ends within the hour; for an admin by token not after that token. */
  sign(kind: LinkKind, id: string, { userId, adminByToken, expiresAt: tokenEnds }: LinkHolder): string {
    const latest = this.#clock.now() + linkLifetime;
    const onGrid = Math.floor(latest / grid) * grid;
    const expiresAt = adminByToken ? Math.min(onGrid, tokenEnds) : onGrid;
    const head = `${Math.floor(expiresAt / 1000).toString(36)}.${adminByToken ? "a" : "p"}.${Buffer.from(userId).toString("base64url")}`;
    return `${head}.${this.#mac(kind, id, head).toString("base64url")}`;
  }

  /** Who a link speaks for. @throws ReplayError `unauthenticated` when it is not valid for this clip or session now. */
  verify(token: string, kind: LinkKind, id: string): LinkHolder {
    const match = shape.exec(token);
    if (!match) throw new ReplayError("unauthenticated");
    const [, seconds = "", role, user = "", mac = ""] = match;
    const head = token.slice(0, -mac.length - 1);
    const given = Buffer.from(mac, "base64url");
    const wanted = this.#mac(kind, id, head);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw new ReplayError("unauthenticated");
    const expiresAt = wallMs(Number.parseInt(seconds, 36) * 1000);
    const userId = userIdSchema.safeParse(Buffer.from(user, "base64url").toString("utf8"));
    if (expiresAt <= this.#clock.now() || !userId.success) throw new ReplayError("unauthenticated", { detail: "The link has expired" });
    return { userId: userId.data, adminByToken: role === "a", expiresAt };
  }

  #mac(kind: LinkKind, id: string, head: string): Buffer {
    return createHmac("sha256", this.#key).update(`${kind}\n${id}\n${head}`).digest();
  }
}
