/** Capture, library, one clip, sharing. */
import { Body, Controller, Delete, Get, Headers, HttpCode, Patch, Post, Query, Res } from "@nestjs/common";
import {
  type CaptureRequest,
  captureSchema,
  type Clip,
  type ClipPage,
  clipPageSchema,
  type ClipQuery,
  clipQuerySchema,
  clipSchema,
  type EditClip,
  editClipSchema,
  type PageQuery,
  pageQuerySchema,
  type Post as ChannelPost,
  postSchema,
  type ShareClip,
  shareClipSchema,
  type TrimClip,
  trimClipSchema,
  type WallMs,
} from "@livekit-replay/contract";
import type { FastifyReply } from "fastify";
import { Arrived, Asking, TheClip } from "../auth/access.js";
import { Rights } from "../auth/rights.js";
import { basePath } from "../auth/rules.js";
import type { Viewer } from "../auth/viewer.js";
import type { ClipRow } from "../catalog/port.js";
import { Answers, InPath, type Said } from "../platform/document.js";
import { Stopwatch } from "../platform/stopwatch.js";
import { idempotencyKeyOf } from "./idempotency.js";
import { Library } from "./library.js";
import { Moderation } from "./moderation.js";
import { PostViews } from "./post-view.js";
import { Presses, waitOf } from "./press.js";
import { ClipTrim } from "./trim.js";
import { ClipViews } from "./view.js";

/** Headers of what makes a clip. */
const asked: NonNullable<Said["reads"]> = {
  "Idempotency-Key": {
    description: "The same key gives the same clip, however often it is sent",
    schema: { pattern: "^[!-~]{1,200}$", examples: ["3f1c8a52-1"] },
  },
  Prefer: {
    description: "`wait=30`: answer when the MP4 is there, or after so many seconds (at most 60; RFC 7240)",
    schema: { examples: ["wait=30"] },
  },
};
const applied: NonNullable<Said["headers"]> = { "Preference-Applied": "`wait=` and the seconds, when `Prefer` asked for it" };

/** Routes that make clips and list them. */
@Controller(basePath)
export class CaptureController {
  readonly #presses: Presses;
  readonly #views: ClipViews;
  readonly #library: Library;

  constructor(presses: Presses, views: ClipViews, library: Library) {
    this.#presses = presses;
    this.#views = views;
    this.#library = library;
  }

  @Post("capture")
  @Answers(201, clipSchema, "Keep the last minutes, or a range, of a session as a clip", {
    id: "captureClip",
    description:
      "Exactly one of `durationMinutes`, `durationSeconds`, or `fromMs` with `toMs`. The clip ends at the press, and plays at once.",
    refuses: [
      "session_not_found",
      "channel_not_found",
      "permission_denied",
      "no_segments",
      "quota_exceeded",
      "disk_full",
      "clip_not_found",
    ],
    reads: asked,
    headers: {
      ...applied,
      "Server-Timing":
        "Where the time went (W3C Server Timing): `tail` has the quarter of a second that a press waits for its last picture",
    },
  })
  async capture(
    @Body({ schema: captureSchema }) body: CaptureRequest,
    @Asking() viewer: Viewer,
    @Arrived() arrivedAt: WallMs,
    @Headers("idempotency-key") key: string | undefined,
    @Headers("prefer") prefer: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Clip> {
    const waitSeconds = waitOf(prefer);
    const watch = new Stopwatch();
    const { clip, shareRefused } = await this.#presses.press({
      caller: viewer.caller,
      body,
      arrivedAt,
      idempotencyKey: idempotencyKeyOf(key),
      waitSeconds,
      watch,
    });
    if (waitSeconds !== null) reply.header("preference-applied", `wait=${waitSeconds}`);
    const view = await this.#views.of(clip, viewer);
    watch.lap("view");
    if (watch.header !== null) reply.header("server-timing", watch.header);
    return shareRefused ? { ...view, shareRefused } : view;
  }

  @Get("my-clips")
  @Answers(200, clipPageSchema, "The caller's clips", { id: "listMyClips" })
  mine(@Query({ schema: clipQuerySchema }) query: ClipQuery, @Asking() viewer: Viewer): Promise<ClipPage> {
    return this.#library.mine(viewer, query);
  }

  @Get("clips-of-me")
  @Answers(200, clipPageSchema, "Clips that others made of the caller's shares", { id: "listClipsOfMe" })
  ofMe(@Query({ schema: pageQuerySchema }) query: PageQuery, @Asking() viewer: Viewer): Promise<ClipPage> {
    return this.#library.ofMe(viewer, query);
  }
}

/** Routes of one clip. */
@Controller(`${basePath}/clips/:clipId`)
export class ClipController {
  readonly #views: ClipViews;
  readonly #moderation: Moderation;
  readonly #rights: Rights;
  readonly #posts: PostViews;
  readonly #trim: ClipTrim;

  constructor(views: ClipViews, moderation: Moderation, rights: Rights, posts: PostViews, trim: ClipTrim) {
    this.#views = views;
    this.#moderation = moderation;
    this.#rights = rights;
    this.#posts = posts;
    this.#trim = trim;
  }

  @Get()
  @InPath("clipId")
  @Answers(200, clipSchema, "A clip with links", { id: "getClip" })
  get(@TheClip() clip: ClipRow, @Asking() viewer: Viewer): Promise<Clip> {
    return this.#views.of(clip, viewer);
  }

  @Patch()
  @InPath("clipId")
  @Answers(200, clipSchema, "Change the title", { id: "editClip" })
  async edit(@TheClip() clip: ClipRow, @Body({ schema: editClipSchema }) body: EditClip, @Asking() viewer: Viewer): Promise<Clip> {
    return this.#views.of(await this.#moderation.edit(viewer.caller, clip, body), viewer);
  }

  @Delete()
  @HttpCode(204)
  @InPath("clipId")
  @Answers(204, null, "Delete for good: frees the quota, its posts say that it is gone", { id: "deleteClip" })
  remove(@TheClip() clip: ClipRow, @Asking() { caller }: Viewer): Promise<void> {
    return this.#moderation.remove(caller, clip);
  }

  @Post("trim")
  @InPath("clipId")
  @Answers(201, clipSchema, "Keep a part of the clip as a new clip; the old one stays", {
    id: "trimClip",
    description:
      "Exact to the frame, of the clip's own playing time. Within an hour of the capture the part plays at once; later it is answered when its MP4 is there.",
    refuses: ["quota_exceeded", "disk_full", "not_ready"],
    reads: asked,
    headers: applied,
  })
  async trim(
    @TheClip() clip: ClipRow,
    @Body({ schema: trimClipSchema }) body: TrimClip,
    @Asking() viewer: Viewer,
    @Headers("idempotency-key") key: string | undefined,
    @Headers("prefer") prefer: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Clip> {
    const waitSeconds = waitOf(prefer);
    const part = await this.#trim.trim({ clip, body, idempotencyKey: idempotencyKeyOf(key), waitSeconds });
    if (waitSeconds !== null) reply.header("preference-applied", `wait=${waitSeconds}`);
    return this.#views.of(part, viewer);
  }

  @Post("share")
  @InPath("clipId")
  @Answers(201, postSchema, "Post the clip in a channel", { id: "shareClip", refuses: ["channel_not_found"] })
  async share(
    @TheClip() clip: ClipRow,
    @Body({ schema: shareClipSchema }) body: ShareClip,
    @Asking() viewer: Viewer,
  ): Promise<ChannelPost> {
    const { caller } = viewer;
    const channel = await this.#rights.channel(caller, body.channelId, "post");
    return this.#posts.of(await this.#moderation.share({ caller, clip, channel, text: body.text }), channel, viewer);
  }
}
