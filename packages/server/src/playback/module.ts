/** Playing sessions and clips. */
import { Module } from "@nestjs/common";
import { ClipsModule } from "../clips/module.js";
import { ClipPlaybackController } from "./clips.controller.js";
import { SessionPlaybackController } from "./sessions.controller.js";

/** Serves playlists, media and pictures. */
@Module({ imports: [ClipsModule], controllers: [SessionPlaybackController, ClipPlaybackController] })
export class PlaybackModule {}
