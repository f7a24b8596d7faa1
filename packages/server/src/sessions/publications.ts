/**
 * The publications of this server: WHIP resources that its recorder holds. In memory, because they die with the recorder's transport.
 * A person has at most one.
 */
import type { WallMs } from "@livekit-replay/contract";

/** `offered`: answered, not connected yet; `flowing`: packets arrive; `silent`: none for 2 s. */
export type PublicationState = "offered" | "flowing" | "silent";

/** One WHIP resource. */
export interface Publication {
  readonly id: string;
  readonly userId: string;
  readonly roomName: string;
  readonly recorderId: string;
  /** Entity tag of its ICE session (RFC 9725, 4.3.1), with quotes. */
  readonly etag: string;
  readonly offeredAt: WallMs;
  state: PublicationState;
  /** The session that it feeds; null when it was not started, or stopped. */
  sessionId: string | null;
}

/** All living publications, by id and by person. */
export class Publications {
  readonly #byId = new Map<string, Publication>();
  readonly #byUser = new Map<string, Publication>();

  add(publication: Publication): void {
    this.#byId.set(publication.id, publication);
    this.#byUser.set(publication.userId, publication);
  }

  get(id: string): Publication | null {
    return this.#byId.get(id) ?? null;
  }

  ofUser(userId: string): Publication | null {
    return this.#byUser.get(userId) ?? null;
  }

  /** Whose it is; null when it is not (or no longer) there. */
  ownerOf(id: string): string | null {
    return this.#byId.get(id)?.userId ?? null;
  }

  /** Forgets one. Answers it as it was; null when it was not there. */
  remove(id: string): Publication | null {
    const publication = this.#byId.get(id);
    if (!publication) return null;
    this.#byId.delete(id);
    if (this.#byUser.get(publication.userId) === publication) this.#byUser.delete(publication.userId);
    return publication;
  }

  get size(): number {
    return this.#byId.size;
  }
}
