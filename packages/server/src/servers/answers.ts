/** What this server answers to the others. */
import { idSchema } from "@livekit-replay/contract";
import { z } from "zod";
import type { Catalog } from "../catalog/port.js";
import type { Presence } from "../events/presence.js";
import type { Publications } from "../sessions/publications.js";
import type { Sessions } from "../sessions/sessions.js";
import type { EventRelay } from "./relay.js";
import type { Servers } from "./servers.js";
import type { ServerSigner } from "./signature.js";

/** What is asked. */
export interface ServerAnswersParts {
  readonly servers: Servers;
  readonly signer: ServerSigner;
  readonly relay: EventRelay;
  readonly presence: Presence;
  readonly publications: Publications;
  readonly sessions: Sessions;
  readonly catalog: Pick<Catalog, "sessions">;
}

const endSchema = z.object({ sessionId: idSchema, why: z.enum(["stop", "share"]) });

/** Who asks is known by then. */
export class ServerAnswers {
  readonly #parts: ServerAnswersParts;

  constructor(parts: ServerAnswersParts) {
    this.#parts = parts;
  }

  /** That it is this server, and one of the group. */
  alive(question: string): { id: string; answer: string } {
    const { servers, signer } = this.#parts;
    return { id: servers.id, answer: signer.answer(question, servers.id) };
  }

  /** Whether a publication, or one of a person, is here. */
  has({ publicationId, userId }: { publicationId?: string | undefined; userId?: string | undefined }): { has: boolean } {
    const { publications } = this.#parts;
    if (publicationId !== undefined) return { has: publications.ownerOf(publicationId) !== null };
    return { has: userId !== undefined && publications.ofUser(userId) !== null };
  }

  /** Whether a person has the stream of a room open here. */
  isIn(roomName: string, userId: string): { isIn: boolean } {
    return { isIn: this.#parts.presence.isIn(roomName, userId) };
  }

  /** Another server tells what happened there. */
  hear(message: string, from: string): void {
    this.#parts.relay.hear(message, from);
  }

  /** Ends a session of this server. One that it does not have (any more) is not its to end. */
  async end(message: string): Promise<void> {
    const { catalog, servers, sessions } = this.#parts;
    const { sessionId, why } = endSchema.parse(JSON.parse(message));
    const row = await catalog.sessions.find(sessionId);
    if (row?.state === "active" && row.serverId === servers.id) await sessions.end(row, why);
  }
}
