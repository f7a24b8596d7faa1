/** `GET /page`. */
import { Controller, Get, Inject } from "@nestjs/common";
import { type PageSettings, pageSettingsSchema } from "@livekit-replay/contract";
import { basePath } from "../auth/rules.js";
import type { Config } from "../config/read.js";
import { Answers } from "../platform/document.js";
import { CONFIG } from "../platform/tokens.js";

/** What the page must know before anybody is signed in. The same origins stand in every answer's `frame-ancestors`. */
@Controller(`${basePath}/page`)
export class PageController {
  readonly #config: Config;

  constructor(@Inject(CONFIG) config: Config) {
    this.#config = config;
  }

  @Get()
  @Answers(200, pageSettingsSchema, "Whose windows may hold the page and sign people in", { id: "getPageSettings" })
  settings(): PageSettings {
    return { embedOrigins: [...this.#config.embedOrigins] };
  }
}
