/** Who has joined. An application of yours has accounts and sign-in instead; here a name is enough, and makes somebody new each time. */
import { randomBytes, randomUUID } from "node:crypto";

/** A person of this application. The id is also the identity in LiveKit and the `sub` for livekit-replay: that is how the three know each other. */
export interface Person {
  readonly userId: string;
  readonly name: string;
}

/** Somebody who was never here before. */
export const newPerson = (name: string): Person => ({ userId: randomUUID(), name });

/** People by the key that their page holds. In memory. */
export class People {
  readonly #people = new Map<string, Person>();

  /** The key that proves from now on who calls. */
  letIn(person: Person): string {
    const key = randomBytes(24).toString("base64url");
    this.#people.set(key, person);
    return key;
  }

  /** Whose key an `Authorization` header carries; null for nobody's. */
  find(header: string | undefined): Person | null {
    return this.#people.get(/^Bearer (.+)$/.exec(header ?? "")?.[1] ?? "") ?? null;
  }
}
