/** `POST /start`, `POST /stop/:sessionId`, `GET /status/:roomName`. */
import { Body, Controller, Get, HttpCode, Inject, Post } from "@nestjs/common";
import {
  type RoomStatus,
  roomStatusSchema,
  type Session,
  sessionSchema,
  type StartSession,
  startSessionSchema,
} from "@livekit-replay/contract";
import { Asking, TheRoom, TheSession } from "../auth/access.js";
import { Rights, type RoomAccess } from "../auth/rights.js";
import { basePath } from "../auth/rules.js";
import type { Viewer } from "../auth/viewer.js";
import type { Catalog, SessionRow } from "../catalog/port.js";
import type { Clock } from "../platform/clock.js";
import { Answers, InPath } from "../platform/document.js";
import { CATALOG, CLOCK } from "../platform/tokens.js";
import { LookAfter } from "./look-after.js";
import { startRefusals } from "./place.js";
import { Sessions } from "./sessions.js";
import { SessionViews } from "./view.js";

/** Routes of sessions. */
@Controller(basePath)
export class SessionsController {
  readonly #sessions: Sessions;
  readonly #after: LookAfter;
  readonly #views: SessionViews;
  readonly #rights: Rights;
  readonly #catalog: Catalog;
  readonly #clock: Clock;

  constructor(
    sessions: Sessions,
    after: LookAfter,
    views: SessionViews,
    rights: Rights,
    @Inject(CATALOG) catalog: Catalog,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.#sessions = sessions;
    this.#after = after;
    this.#views = views;
    this.#rights = rights;
    this.#catalog = catalog;
    this.#clock = clock;
  }

  @Post("start")
  @Answers(201, sessionSchema, "Begin to keep what the caller publishes already", {
    id: "startSession",
    refuses: ["room_not_found", "permission_denied", "not_sharing", "encrypted_room", ...startRefusals],
  })
  async start(@Body({ schema: startSessionSchema }) body: StartSession, @Asking() viewer: Viewer): Promise<Session> {
    const room = await this.#rights.room(viewer.caller, body.roomName, "ENABLE_REPLAY_BUFFER");
    return this.#views.of(await this.#sessions.start(viewer.caller, room, body), viewer);
  }

  @Post("stop/:sessionId")
  @HttpCode(200)
  @InPath("sessionId")
  @Answers(200, sessionSchema, "End a session; idempotent. Its buffer can be captured for the grace time", {
    id: "stopSession",
  })
  async stop(@TheSession() session: SessionRow, @Asking() viewer: Viewer): Promise<Session> {
    return this.#views.of(await this.#after.stop(viewer, session), viewer);
  }

  @Get("status/:roomName")
  @InPath("roomName")
  @Answers(200, roomStatusSchema, "The sessions of a room: active, and ended within the grace", { id: "getRoomStatus" })
  async status(@TheRoom() room: RoomAccess, @Asking() viewer: Viewer): Promise<RoomStatus> {
    const sessions = await this.#views.ofRoom(await this.#catalog.sessions.inRoom(room.roomName), viewer);
    return { roomName: room.roomName, sessions, serverTimeMs: this.#clock.now() };
  }
}
