/** Playing sessions and clips. */
import { Module } from "@nestjs/common";
import type { Logger } from "pino";
import type { Catalog } from "../catalog/port.js";
import { ClipFinaliser } from "../clips/finalise.js";
import { ClipsModule } from "../clips/module.js";
import type { Ffmpeg } from "../platform/ffmpeg.js";
import { CATALOG, FFMPEG, LOGGER, STORE } from "../platform/tokens.js";
import type { Store } from "../store/open.js";
import { ClipStrips } from "./clip-strip.js";
import { ClipPlaybackController } from "./clips.controller.js";
import { SessionPlaybackController } from "./sessions.controller.js";
import { Strips } from "./strip.js";

const strips = {
  provide: Strips,
  inject: [STORE, FFMPEG, LOGGER],
  useFactory: (store: Store, ffmpeg: Ffmpeg | null, logger: Logger) => new Strips({ store, ffmpeg, logger }),
};

const clipStrips = {
  provide: ClipStrips,
  inject: [STORE, FFMPEG, LOGGER, CATALOG, ClipFinaliser],
  useFactory: (...[store, ffmpeg, logger, catalog, finaliser]: [Store, Ffmpeg | null, Logger, Catalog, ClipFinaliser]) =>
    new ClipStrips({ store, ffmpeg, logger, catalog, finaliser }),
};

/** Serves playlists, media and pictures. */
@Module({ imports: [ClipsModule], controllers: [SessionPlaybackController, ClipPlaybackController], providers: [strips, clipStrips] })
export class PlaybackModule {}
