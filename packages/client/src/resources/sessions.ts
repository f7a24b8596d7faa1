/** Sessions: what runs in a room, start and stop. */
import { roomStatusSchema, sessionSchema, type RoomStatus, type Session, type StartSession } from "@livekit-replay/contract";
import type { Transport } from "../request/transport.js";

/** Sessions of rooms that the caller may be in. */
export class SessionsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** `GET /status/:roomName`: the sessions of a room, running and in their grace time. Throws `room_not_found`. */
  async status(roomName: string, signal?: AbortSignal): Promise<RoomStatus> {
    return await this.#transport.json(
      { method: "GET", path: `/status/${encodeURIComponent(roomName)}`, ...(signal && { signal }) },
      roomStatusSchema,
    );
  }

  /** `POST /start`: begins to keep what the caller already publishes. Throws `already_active`, `community_limit`, `not_sharing`, `permission_denied`. */
  async start(body: StartSession): Promise<Session> {
    return await this.#transport.json({ method: "POST", path: "/start", body }, sessionSchema);
  }

  /** `POST /stop/:sessionId`: idempotent; the buffer can still be captured for the grace time. */
  async stop(sessionId: string): Promise<Session> {
    return await this.#transport.json({ method: "POST", path: `/stop/${encodeURIComponent(sessionId)}`, idempotent: true }, sessionSchema);
  }
}
