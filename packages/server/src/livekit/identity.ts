/** Whose a LiveKit identity is: the user id itself, or the user id, `#` or `|`, and whatever tells the person's devices apart. */
import { userIdSchema } from "@livekit-replay/contract";
import type { Directory } from "../directory/port.js";

/** So many separators are looked at, from the end of the identity. */
const mostSeparators = 8;

/** The user ids that an identity may stand for, the longest first: a user id may itself contain a separator. */
export function possibleOwners(identity: string): string[] {
  const ends = [...identity.matchAll(/[#|]/g)].map(({ index }) => index).slice(-mostSeparators);
  return [identity, ...ends.toReversed().map((end) => identity.slice(0, end))].filter((id) => userIdSchema.safeParse(id).success);
}

/** Knows people by their identities. */
export class IdentityOwners {
  readonly #directory: Directory;

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  /**
   * The user id behind an identity; null when it is nobody's whom the directory knows.
   * @throws ReplayError `directory_unavailable`
   */
  ownerOf(identity: string): Promise<string | null> {
    return this.#ownerOf(identity, null);
  }

  /**
   * Whether an identity is this person's, who counts as known: they ask, or have a session. The directory is asked only about identities that begin with the user id.
   * @throws ReplayError `directory_unavailable`
   */
  async isOf(identity: string, userId: string): Promise<boolean> {
    return identity.startsWith(userId) && (await this.#ownerOf(identity, userId)) === userId;
  }

  async #ownerOf(identity: string, known: string | null): Promise<string | null> {
    for (const userId of possibleOwners(identity)) if (userId === known || (await this.#directory.person(userId))) return userId;
    return null;
  }
}
