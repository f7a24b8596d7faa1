/** Signing in as one of the demo people, without a password: in demo mode only. */
import { type DemoPerson, type DemoSignInAnswer, ReplayError, wallMs } from "@livekit-replay/contract";
import type { Directory } from "../directory/port.js";
import type { Clock } from "../platform/clock.js";
import type { Tokens } from "./token.js";

const tokenLifetimeMs = 30 * 24 * 60 * 60_000;

/** Makes tokens for the demo people. */
export class DemoSignIn {
  readonly #tokens: Tokens;
  readonly #directory: Directory;
  readonly #clock: Clock;
  /** Who can be signed in as. */
  readonly people: readonly DemoPerson[];

  constructor(tokens: Tokens, directory: Directory, clock: Clock, people: readonly DemoPerson[]) {
    this.#tokens = tokens;
    this.#directory = directory;
    this.#clock = clock;
    this.people = people;
  }

  /** A token for one of the people. @throws ReplayError `invalid_request` for anybody else. */
  async signIn(userId: string): Promise<DemoSignInAnswer> {
    const known = this.people.some((person) => person.userId === userId);
    const person = known ? await this.#directory.person(userId) : null;
    if (!person) {
      const message = `must be one of ${this.people.map((one) => one.userId).join(", ")}`;
      throw new ReplayError("invalid_request", { detail: `userId: ${message}`, errors: [{ field: "userId", message }] });
    }
    const expiresAt = wallMs(Math.floor((this.#clock.now() + tokenLifetimeMs) / 1000) * 1000);
    const token = await this.#tokens.issue({ userId, name: person.name, admin: false, expiresAt });
    return { token, userId, name: person.name, expiresAtMs: expiresAt };
  }
}
