/** A session, live and rewound: `GET /sessions/:sessionId/live.m3u8`, `/sessions/:sessionId/media/:file`, `/sessions/:sessionId/strip.jpg`. */
import { Controller, Get, Inject, Param, Query, Res } from "@nestjs/common";
import {
  type Frames,
  type FramesQuery,
  framesQuerySchema,
  framesSchema,
  type LiveQuery,
  liveQuerySchema,
  ReplayError,
  type StripQuery,
  stripQuerySchema,
} from "@livekit-replay/contract";
import type { FastifyReply } from "fastify";
import { Asking, TheSession } from "../auth/access.js";
import { basePath } from "../auth/rules.js";
import type { Viewer } from "../auth/viewer.js";
import { folderOf } from "../catalog/places.js";
import type { SessionRow } from "../catalog/port.js";
import { Answers, InPath, Sends, SendsFile } from "../platform/document.js";
import { STORE } from "../platform/tokens.js";
import type { Store } from "../store/open.js";
import { addressed } from "./address.js";
import { beginningOf } from "./beginning.js";
import { framesOf } from "./frames.js";
import { mediaType, playlistType, sendMade, sendMedia, sendPlaylist } from "./send.js";
import { withSound } from "./silent.js";
import { Strips } from "./strip.js";

/** Segments leave the buffer, so they are kept no longer than it. */
const segmentSeconds = 12 * 60;

/** Plays sessions. */
@Controller(`${basePath}/sessions/:sessionId`)
export class SessionPlaybackController {
  readonly #store: Store;

  readonly #strips: Strips;

  constructor(@Inject(STORE) store: Store, strips: Strips) {
    this.#store = store;
    this.#strips = strips;
  }

  @Get("live.m3u8")
  @InPath("sessionId")
  @Sends(playlistType, "The rolling playlist of a session", {
    id: "getLivePlaylist",
    description:
      "With `fromMs` only the first seconds from that instant on (up to `toMs`), beginning at the exact frame: what a capture of that range begins with. Not of VP8, and not where LiveKit egress records.",
    refuses: ["no_segments"],
  })
  async live(
    @TheSession() session: SessionRow,
    @Query({ schema: liveQuerySchema.loose() }) { fromMs, toMs }: LiveQuery,
    @Asking() viewer: Viewer,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const buffer = await this.#store.buffers.open(folderOf(session));
    const playlist = fromMs === undefined ? buffer.playlists.live : await beginningOf(buffer, { fromMs, toMs });
    if (!playlist || playlist.segments.length === 0) throw new ReplayError("no_segments");
    await sendPlaylist(reply, addressed(playlist, viewer.link));
  }

  @Get("media/:file")
  @InPath("sessionId")
  @InPath("file")
  @SendsFile(["video/mp4", "video/mp2t"], "An init file or a segment (MPEG-TS where LiveKit egress recorded it)", { id: "getSessionMedia" })
  async media(@TheSession() session: SessionRow, @Param("file") name: string, @Res() reply: FastifyReply): Promise<void> {
    const file = /\.(mp4|m4s|ts)$/.test(name) ? await this.#store.media.ofSession(folderOf(session), name) : null;
    if (!file) throw new ReplayError("no_segments");
    const buffer = await this.#store.buffers.open(folderOf(session));
    const options = { type: mediaType(name), maxAgeSeconds: segmentSeconds, immutable: true };
    const made = await withSound(name, (other) => buffer.file(other));
    await (made === null ? sendMedia(reply, file, options) : sendMade(reply, made, options));
  }

  @Get("frames")
  @InPath("sessionId")
  @Answers(200, framesSchema, "When the frames of a part of the buffer were shown, in wall time", {
    id: "listSessionFrames",
    description: "What an editor needs to stop at exact frames before a range is captured. Only what is in closed segments.",
  })
  async frames(@TheSession() session: SessionRow, @Query({ schema: framesQuerySchema.loose() }) query: FramesQuery): Promise<Frames> {
    return framesOf(await this.#store.buffers.open(folderOf(session)), query);
  }

  @Get("strip.jpg")
  @InPath("sessionId")
  @Sends("image/jpeg", "Small pictures of a range of the window, in one row", {
    id: "getSessionStrip",
    description:
      "One picture for each keyframe, at most `count` of them, evenly spread. The `Replay-Strip` header says when each of them was shown.",
    refuses: ["not_ready"],
    headers: { "Replay-Strip": "JSON: `tileWidth`, `tileHeight`, and `atMs`, the wall time of each picture from left to right" },
  })
  async strip(
    @TheSession() session: SessionRow,
    @Query({ schema: stripQuerySchema.loose() }) query: StripQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { jpeg, strip } = await this.#strips.of(session, query);
    reply.header("replay-strip", JSON.stringify(strip));
    await sendMade(reply, jpeg, { type: "image/jpeg", maxAgeSeconds: 0 });
  }
}
