/** A clip's files: playlist and pins while they are there, the MP4, the picture. */
import { Controller, Get, Inject, Param, Query, Res } from "@nestjs/common";
import {
  type Frames,
  type FramesQuery,
  framesQuerySchema,
  framesSchema,
  ReplayError,
  type StripQuery,
  stripQuerySchema,
} from "@livekit-replay/contract";
import { readPlaylist } from "@livekit-replay/media";
import type { FastifyReply } from "fastify";
import { z } from "zod";
import { Asking, TheClip } from "../auth/access.js";
import { basePath } from "../auth/rules.js";
import type { Viewer } from "../auth/viewer.js";
import { addressOf } from "../catalog/places.js";
import type { ClipRow } from "../catalog/port.js";
import { isVp8 } from "../clips/convert/need.js";
import { AacFiles } from "../clips/convert/aac-files.js";
import { ClipFinaliser } from "../clips/finalise.js";
import { ClipFrames } from "../clips/frames.js";
import { Answers, InPath, Sends, SendsFile } from "../platform/document.js";
import { STORE } from "../platform/tokens.js";
import { PINNED_WEBM } from "../store/names.js";
import type { Store } from "../store/open.js";
import { addressed } from "./address.js";
import { ClipStrips } from "./clip-strip.js";
import { fileNameOf, mediaType, playlistType, sendMade, sendMedia, sendPlaylist } from "./send.js";
import { withSound } from "./silent.js";

/** How long a download waits for an MP4 that is being made. */
const waitMs = 30_000;
const hour = 60 * 60;

const downloadQuerySchema = z.object({
  /** `aac`: for players and editors that know no Opus in MP4. */
  audio: z.enum(["opus", "aac"], "must be opus (the sound as it was recorded) or aac").default("opus"),
});

/** Plays and downloads clips. */
@Controller(`${basePath}/clips/:clipId`)
export class ClipPlaybackController {
  readonly #store: Store;
  readonly #finaliser: ClipFinaliser;
  readonly #aac: AacFiles;
  readonly #frames: ClipFrames;
  readonly #strips: ClipStrips;

  constructor(@Inject(STORE) store: Store, finaliser: ClipFinaliser, aac: AacFiles, frames: ClipFrames, strips: ClipStrips) {
    this.#store = store;
    this.#finaliser = finaliser;
    this.#aac = aac;
    this.#frames = frames;
    this.#strips = strips;
  }

  @Get("playlist.m3u8")
  @InPath("clipId")
  @Sends(playlistType, "The clip as HLS, from the press until an hour after its MP4 is there", {
    id: "getClipPlaylist",
    refuses: ["no_segments"],
  })
  async playlist(@TheClip() clip: ClipRow, @Asking() viewer: Viewer, @Res() reply: FastifyReply): Promise<void> {
    const pins = await this.#store.pins.list(addressOf(clip));
    if (!pins || clip.container === "mp4") throw new ReplayError("no_segments");
    await sendPlaylist(reply, addressed(readPlaylist(pins.playlist), viewer.link));
  }

  @Get("media/:file")
  @InPath("clipId")
  @InPath("file")
  @SendsFile(["video/mp4", "video/mp2t"], "An init file or a segment (MPEG-TS where LiveKit egress recorded it)", {
    id: "getClipMedia",
    refuses: ["no_segments"],
  })
  async media(@TheClip() clip: ClipRow, @Param("file") name: string, @Res() reply: FastifyReply): Promise<void> {
    const address = addressOf(clip);
    const file = /\.(mp4|m4s|ts)$/.test(name) ? await this.#store.media.ofPins(address, name) : null;
    if (!file) throw new ReplayError("no_segments");
    const options = { type: mediaType(name), maxAgeSeconds: hour, immutable: true };
    const made = await withSound(name, (other) => this.#store.pins.readFile(address, other));
    await (made === null ? sendMedia(reply, file, options) : sendMade(reply, made, options));
  }

  @Get("clip.webm")
  @InPath("clipId")
  @SendsFile(["video/webm"], "A clip that HLS cannot play (VP8), playable at once, until an hour after its MP4 is there", {
    id: "getClipWebm",
    refuses: ["no_segments", "not_ready"],
  })
  async webm(@TheClip() clip: ClipRow, @Res() reply: FastifyReply): Promise<void> {
    await this.#finaliser.waitWebm(clip.id, waitMs);
    const file = await this.#store.media.ofPins(addressOf(clip), PINNED_WEBM);
    if (!file && clip.state === "pinned" && isVp8(clip)) throw new ReplayError("not_ready", { retryAfterSeconds: 5 });
    if (!file) throw new ReplayError("no_segments");
    await sendMedia(reply, file, { type: "video/webm", maxAgeSeconds: hour });
  }

  @Get("download")
  @InPath("clipId")
  @SendsFile(["video/mp4"], "The clip as MP4; waits half a minute for one that is being made, then `not_ready`", {
    id: "downloadClip",
    refuses: ["not_ready", "unsupported_codec", "concatenation_failed", "quota_exceeded", "disk_full"],
    headers: { "Content-Disposition": "A readable file name" },
  })
  async download(
    @TheClip() clip: ClipRow,
    @Query({ schema: downloadQuerySchema.loose() }) { audio }: z.infer<typeof downloadQuerySchema>,
    @Asking() viewer: Viewer,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const ready = clip.state === "pinned" ? await this.#finaliser.waitReady(clip.id, waitMs) : clip;
    if (ready?.state === "pinned") throw new ReplayError("not_ready", { retryAfterSeconds: 5 });
    if (ready?.state !== "ready") throw new ReplayError("clip_not_found");
    const asker = { userId: viewer.caller.userId, waitMs };
    const file = audio === "aac" ? await this.#aac.file(ready, asker) : await this.#store.media.ofClip(addressOf(ready), "mp4");
    if (!file) throw new ReplayError("clip_not_found");
    await sendMedia(reply, file, { type: "video/mp4", maxAgeSeconds: hour, saveAs: fileNameOf(ready.title, "mp4") });
  }

  @Get("poster.jpg")
  @InPath("clipId")
  @SendsFile(["image/jpeg"], "The clip's picture", { id: "getClipPoster" })
  async poster(@TheClip() clip: ClipRow, @Res() reply: FastifyReply): Promise<void> {
    const file = await this.#store.media.ofClip(addressOf(clip), "poster");
    if (!file) throw new ReplayError("clip_not_found", { detail: "The clip has no picture (yet)" });
    await sendMedia(reply, file, { type: "image/jpeg", maxAgeSeconds: hour });
  }

  @Get("frames")
  @InPath("clipId")
  @Answers(200, framesSchema, "When the frames of a part of a clip are shown, in its own playing time", {
    id: "listClipFrames",
    description: "What an editor needs to stop at exact frames: `POST /clips/:clipId/trim` goes by the same times.",
    refuses: ["not_ready"],
  })
  frames(@TheClip() clip: ClipRow, @Query({ schema: framesQuerySchema.loose() }) query: FramesQuery): Promise<Frames> {
    return this.#frames.of(clip, query);
  }

  @Get("strip.jpg")
  @InPath("clipId")
  @Sends("image/jpeg", "Small pictures of a clip, in one row", {
    id: "getClipStrip",
    description:
      "Its first frame and each keyframe behind it, at most `count` of them, evenly spread. `fromMs` and `toMs` are playing time. The `Replay-Strip` header says when each of them is shown.",
    refuses: ["not_ready"],
    headers: { "Replay-Strip": "JSON: `tileWidth`, `tileHeight`, and `atMs`, the playing time of each picture from left to right" },
  })
  async strip(
    @TheClip() clip: ClipRow,
    @Query({ schema: stripQuerySchema.loose() }) query: StripQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { jpeg, strip } = await this.#strips.of(clip, query);
    reply.header("replay-strip", JSON.stringify(strip));
    await sendMade(reply, jpeg, { type: "image/jpeg", maxAgeSeconds: hour });
  }
}
