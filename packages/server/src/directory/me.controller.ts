/** `GET /me`. */
import { Controller, Get } from "@nestjs/common";
import { type Me, meSchema } from "@livekit-replay/contract";
import { Asking } from "../auth/access.js";
import { basePath } from "../auth/rules.js";
import type { Viewer } from "../auth/viewer.js";
import { Answers } from "../platform/document.js";
import { MeViews } from "./me.js";

/** The route of the asking person. */
@Controller(basePath)
export class MeController {
  readonly #views: MeViews;

  constructor(views: MeViews) {
    this.#views = views;
  }

  @Get("me")
  @Answers(200, meSchema, "Who the caller is, their communities, rooms, channels and permissions there, their quota", { id: "getMe" })
  me(@Asking() viewer: Viewer): Promise<Me> {
    return this.#views.of(viewer);
  }
}
