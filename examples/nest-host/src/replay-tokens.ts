/** Tokens for livekit-replay, made when somebody signs in to this application. */
import type { Replay } from "@livekit-replay/server";
import { SignJWT } from "jose";
import type { ClubPerson } from "./club.js";

/** Makes tokens. */
export abstract class ReplayTokens {
  abstract of(person: ClubPerson): Promise<string>;
}

/** livekit-replay is in this process: it signs them itself. */
export class InnerTokens extends ReplayTokens {
  readonly #replay: Replay;

  constructor(replay: Replay) {
    super();
    this.#replay = replay;
  }

  override of({ id, name }: ClubPerson): Promise<string> {
    return this.#replay.token({ userId: id, name });
  }
}

/** livekit-replay is a server of its own: the two know one `JWT_SECRET`. */
export class SharedTokens extends ReplayTokens {
  readonly #secret: Uint8Array;

  constructor(secret: string) {
    super();
    this.#secret = new TextEncoder().encode(secret);
  }

  override of({ id, name }: ClubPerson): Promise<string> {
    return new SignJWT({ name }).setProtectedHeader({ alg: "HS256" }).setSubject(id).setExpirationTime("1h").sign(this.#secret);
  }
}
