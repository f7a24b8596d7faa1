/** What its owner decides about a session's past: `POST /sessions/:sessionId/pause`, `/resume`, `/forget`. */
import { Body, Controller, HttpCode, Post } from "@nestjs/common";
import { type Forget, type Forgotten, forgetSchema, forgottenSchema, type Session, sessionSchema } from "@livekit-replay/contract";
import { Asking, TheSession } from "../auth/access.js";
import { basePath } from "../auth/rules.js";
import type { Viewer } from "../auth/viewer.js";
import type { SessionRow } from "../catalog/port.js";
import { Answers, InPath } from "../platform/document.js";
import { Forgetting } from "./forget.js";
import { Pausing } from "./pause.js";
import { SessionViews } from "./view.js";

/** Routes of a session's owner. */
@Controller(`${basePath}/sessions/:sessionId`)
export class PastController {
  readonly #pausing: Pausing;
  readonly #forgetting: Forgetting;
  readonly #views: SessionViews;

  constructor(pausing: Pausing, forgetting: Forgetting, views: SessionViews) {
    this.#pausing = pausing;
    this.#forgetting = forgetting;
    this.#views = views;
  }

  @Post("pause")
  @HttpCode(200)
  @InPath("sessionId")
  @Answers(200, sessionSchema, "Record nothing until it goes on; idempotent. What was there before can be captured", {
    id: "pauseSession",
    refuses: ["not_sharing", "recorder_unavailable"],
  })
  async pause(@TheSession() session: SessionRow, @Asking() viewer: Viewer): Promise<Session> {
    return this.#views.of(await this.#pausing.pause(session), viewer);
  }

  @Post("resume")
  @HttpCode(200)
  @InPath("sessionId")
  @Answers(200, sessionSchema, "Let a paused session go on; idempotent", {
    id: "resumeSession",
    refuses: ["not_sharing", "recorder_unavailable", "encrypted_room", "unsupported_codec"],
  })
  async resume(@TheSession() session: SessionRow, @Asking() viewer: Viewer): Promise<Session> {
    return this.#views.of(await this.#pausing.resume(session), viewer);
  }

  @Post("forget")
  @HttpCode(200)
  @InPath("sessionId")
  @Answers(
    200,
    forgottenSchema,
    "Delete what was recorded, all of it or from an instant on. Clips that were made of it stay, and are named",
    {
      id: "forgetSession",
      description: "It is gone from the disk when the answer comes. A running session goes on; its gap has the reason `forgotten`.",
      refuses: ["recorder_unavailable"],
    },
  )
  async forget(
    @TheSession() session: SessionRow,
    @Body({ schema: forgetSchema }) body: Forget,
    @Asking() viewer: Viewer,
  ): Promise<Forgotten> {
    const { deleted, clips, row } = await this.#forgetting.forget(session, body);
    return { deleted, clips, session: await this.#views.of(row, viewer) };
  }
}
