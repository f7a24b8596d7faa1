/** A clip's files: playlist and pins while they are there, the MP4, the picture. */
import { Controller, Get, Inject, Param, Query, Res } from "@nestjs/common";
import { ReplayError } from "@livekit-replay/contract";
import { readPlaylist } from "@livekit-replay/media";
import type { FastifyReply } from "fastify";
import { z } from "zod";
import { Asking, TheClip } from "../auth/access.js";
import { basePath } from "../auth/rules.js";
import type { Viewer } from "../auth/viewer.js";
import { addressOf } from "../catalog/places.js";
import type { ClipRow } from "../catalog/port.js";
import { ClipFinaliser } from "../clips/finalise.js";
import { InPath, Sends, TakesLink } from "../platform/document.js";
import { STORE } from "../platform/tokens.js";
import type { Store } from "../store/open.js";
import { addressed } from "./address.js";
import { fileNameOf, playlistType, sendMade, sendMedia, sendPlaylist } from "./send.js";
import { withSound } from "./silent.js";

/** How long a download waits for an MP4 that is being made. */
const waitMs = 30_000;
const hour = 60 * 60;

const downloadQuerySchema = z.object({
  audio: z.enum(["opus"], "must be opus: this version keeps the sound as it was recorded").default("opus"),
});

/** Plays and downloads clips. */
@Controller(`${basePath}/clips/:clipId`)
export class ClipPlaybackController {
  readonly #store: Store;
  readonly #finaliser: ClipFinaliser;

  constructor(@Inject(STORE) store: Store, finaliser: ClipFinaliser) {
    this.#store = store;
    this.#finaliser = finaliser;
  }

  @Get("playlist.m3u8")
  @InPath("clipId")
  @TakesLink()
  @Sends(playlistType, "The clip as HLS, from the press until an hour after its MP4 is there")
  async playlist(@TheClip() clip: ClipRow, @Asking() viewer: Viewer, @Res() reply: FastifyReply): Promise<void> {
    const pins = await this.#store.pins.list(addressOf(clip));
    if (!pins) throw new ReplayError("no_segments");
    await sendPlaylist(reply, addressed(readPlaylist(pins.playlist), viewer.link));
  }

  @Get("media/:file")
  @InPath("clipId")
  @TakesLink()
  @Sends("video/mp4", "An init file or a segment")
  async media(@TheClip() clip: ClipRow, @Param("file") name: string, @Res() reply: FastifyReply): Promise<void> {
    const address = addressOf(clip);
    const file = /\.(mp4|m4s)$/.test(name) ? await this.#store.media.ofPins(address, name) : null;
    if (!file) throw new ReplayError("no_segments");
    const options = { type: "video/mp4", maxAgeSeconds: hour, immutable: true };
    const made = await withSound(name, (other) => this.#store.pins.readFile(address, other));
    await (made === null ? sendMedia(reply, file, options) : sendMade(reply, made, options));
  }

  @Get("download")
  @InPath("clipId")
  @TakesLink()
  @Sends("video/mp4", "The clip as MP4, with ranges and a readable file name; waits for one that is being made")
  async download(
    @TheClip() clip: ClipRow,
    @Query({ schema: downloadQuerySchema.loose() }) _query: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const ready = clip.state === "pinned" ? await this.#finaliser.waitReady(clip.id, waitMs) : clip;
    if (ready?.state === "pinned") throw new ReplayError("not_ready", { retryAfterSeconds: 5 });
    const file = ready?.state === "ready" ? await this.#store.media.ofClip(addressOf(ready), "mp4") : null;
    if (!file || !ready) throw new ReplayError("clip_not_found");
    await sendMedia(reply, file, { type: "video/mp4", maxAgeSeconds: hour, saveAs: fileNameOf(ready.title, "mp4") });
  }

  @Get("poster.jpg")
  @InPath("clipId")
  @TakesLink()
  @Sends("image/jpeg", "The clip's picture")
  async poster(@TheClip() clip: ClipRow, @Res() reply: FastifyReply): Promise<void> {
    const file = await this.#store.media.ofClip(addressOf(clip), "poster");
    if (!file) throw new ReplayError("clip_not_found", { detail: "The clip has no picture (yet)" });
    await sendMedia(reply, file, { type: "image/jpeg", maxAgeSeconds: hour });
  }
}
