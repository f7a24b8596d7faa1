/** Playing sessions and clips. */
import { Module } from "@nestjs/common";
import type { Logger } from "pino";
import { ClipsModule } from "../clips/module.js";
import type { Ffmpeg } from "../platform/ffmpeg.js";
import { FFMPEG, LOGGER, STORE } from "../platform/tokens.js";
import type { Store } from "../store/open.js";
import { ClipPlaybackController } from "./clips.controller.js";
import { SessionPlaybackController } from "./sessions.controller.js";
import { Strips } from "./strip.js";

const strips = {
  provide: Strips,
  inject: [STORE, FFMPEG, LOGGER],
  useFactory: (store: Store, ffmpeg: Ffmpeg | null, logger: Logger) => new Strips({ store, ffmpeg, logger }),
};

/** Serves playlists, media and pictures. */
@Module({ imports: [ClipsModule], controllers: [SessionPlaybackController, ClipPlaybackController], providers: [strips] })
export class PlaybackModule {}
