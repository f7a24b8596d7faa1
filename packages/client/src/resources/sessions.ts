/** Sessions: what runs in a room, start and stop, and what their owner decides about their past. */
import {
  forgottenSchema,
  framesSchema,
  roomStatusSchema,
  sessionSchema,
  type Forget,
  type Forgotten,
  type Frames,
  type FramesQuery,
  type RoomStatus,
  type Session,
  type StartSession,
  type StripQuery,
} from "@livekit-replay/contract";
import type { Transport } from "../request/transport.js";
import { askStrip, type StripImage } from "./strip.js";

/** Recorders are stopped and begin anew; LiveKit's egress takes its time. */
const RERUN_MS = 45_000;
const FORGET_MS = 60_000;
const pathOf = (sessionId: string): string => `/sessions/${encodeURIComponent(sessionId)}`;

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

  /** `POST /sessions/:sessionId/pause`: nothing is recorded until `resume`; idempotent. What was there before can be captured. Throws `not_sharing` for a session that has ended. */
  async pause(sessionId: string): Promise<Session> {
    return await this.#decide(sessionId, "pause");
  }

  /** `POST /sessions/:sessionId/resume`: lets it go on in a new run; idempotent. Throws `not_sharing` when the share has ended meanwhile. */
  async resume(sessionId: string): Promise<Session> {
    return await this.#decide(sessionId, "resume");
  }

  /**
   * `POST /sessions/:sessionId/forget`: deletes what was recorded, all of it or from an instant (server time) on. It is gone from the server's disk when this
   * resolves; clips that were made of it stay, and are named. Never sent twice by itself: what is recorded after the first time would go too.
   * Throws `no_segments` when there is no buffer any more.
   */
  async forget(sessionId: string, body: Forget = {}): Promise<Forgotten> {
    const call = { method: "POST", path: `${pathOf(sessionId)}/forget`, body, timeoutMs: FORGET_MS } as const;
    return await this.#transport.json(call, forgottenSchema);
  }

  /** `GET /sessions/:sessionId/strip.jpg`: one row of small pictures of the window, and when each of them was shown. Throws `not_ready` where pictures cannot be made. */
  async strip(sessionId: string, query: Partial<StripQuery> = {}, signal?: AbortSignal): Promise<StripImage> {
    return await askStrip(this.#transport, `${pathOf(sessionId)}/strip.jpg`, query, signal);
  }

  /** `GET /sessions/:sessionId/frames`: when the frames of a part of the buffer were shown, in server time, exact to 1 µs. Only what is in closed segments. */
  async frames(sessionId: string, query: Partial<FramesQuery> = {}, signal?: AbortSignal): Promise<Frames> {
    const call = { method: "GET", path: `${pathOf(sessionId)}/frames`, query, ...(signal && { signal }) } as const;
    return await this.#transport.json(call, framesSchema);
  }

  async #decide(sessionId: string, what: "pause" | "resume"): Promise<Session> {
    return await this.#transport.json(
      { method: "POST", path: `${pathOf(sessionId)}/${what}`, idempotent: true, timeoutMs: RERUN_MS },
      sessionSchema,
    );
  }
}
