/** A clip: what was kept of a buffer. */
import { z } from "zod";
import { errorCodeSchema } from "./errors.js";
import { gapSchema } from "./gap.js";
import {
  directoryIdSchema,
  idSchema,
  instantSchema,
  lengthMsSchema,
  pageQuerySchema,
  roomNameSchema,
  titleSchema,
  userIdSchema,
} from "./id.js";
import { quotaSchema } from "./quota.js";

/** `pinned`: playable, its MP4 is being made; `ready`: the MP4 is there; `deleting`; `lost`: its files are gone. */
export const clipStateSchema = z.enum(["pinned", "ready", "deleting", "lost"]);
export type ClipState = z.infer<typeof clipStateSchema>;

const captureBase = z.object({
  sessionId: idSchema,
  durationMinutes: z.literal([1, 2, 5, 10]).optional().describe("The last minutes before the press"),
  durationSeconds: z.number().min(1).max(600).optional().describe("The last seconds before the press"),
  fromMs: instantSchema.optional().describe("A range in wall time, with `toMs`"),
  toMs: instantSchema.optional().describe("End of the range"),
  endAtMs: z
    .number()
    .nonnegative()
    .optional()
    .describe("When the button was pressed, in server time: at most 30 s back, never ahead. Default: the arrival of the request"),
  shareOption: z.enum(["library", "channel"]).default("library").describe("`channel` posts it as well, in `targetChannelId`"),
  targetChannelId: directoryIdSchema.optional(),
  text: z.string().max(2000).optional().describe("Text of the post, with `shareOption: channel`"),
  title: titleSchema.optional(),
  waitForNewest: z
    .boolean()
    .optional()
    .describe(
      "Where segments come late (egress: 10 to 20 s after their last picture): wait for the ones that reach the press, up to 30 s, before the clip is made. Without it the clip is what there is, and says what was not there yet",
    ),
});

/** The same as the judgement below, as JSON Schema says it. */
const without = (...names: string[]) => ({ not: { anyOf: names.map((name) => ({ required: [name] })) } });
const captureShape = {
  oneOf: [
    { required: ["durationMinutes"], ...without("durationSeconds", "fromMs", "toMs") },
    { required: ["durationSeconds"], ...without("durationMinutes", "fromMs", "toMs") },
    { required: ["fromMs", "toMs"], ...without("durationMinutes", "durationSeconds", "endAtMs") },
  ],
  anyOf: [{ properties: { shareOption: { enum: ["library"] } } }, { required: ["targetChannelId"] }],
};

/** `POST /capture`: exactly one of `durationMinutes`, `durationSeconds`, or the range `fromMs` and `toMs`. */
export const captureSchema = captureBase
  .superRefine((body, context) => {
    const range = body.fromMs !== undefined || body.toMs !== undefined;
    const ways = [body.durationMinutes !== undefined, body.durationSeconds !== undefined, range].filter(Boolean).length;
    const wrong = (path: string, message: string): void => context.addIssue({ code: "custom", path: [path], message });
    if (ways !== 1) wrong("durationMinutes", "exactly one of durationMinutes, durationSeconds, or fromMs with toMs is required");
    if (range && (body.fromMs === undefined || body.toMs === undefined)) wrong("fromMs", "fromMs and toMs go together");
    if (body.fromMs !== undefined && body.toMs !== undefined && body.toMs <= body.fromMs) wrong("toMs", "must be after fromMs");
    if (range && body.endAtMs !== undefined) wrong("endAtMs", "does not go with a range");
    if (body.shareOption === "channel" && body.targetChannelId === undefined)
      wrong("targetChannelId", "is required when shareOption is channel");
  })
  .meta(captureShape);
export type CaptureRequest = z.infer<typeof captureSchema>;
/** What a caller writes: defaults may be left out. */
export type CaptureInput = z.input<typeof captureSchema>;

/** A file that is being made of a clip by FFmpeg. */
export const conversionSchema = z.object({ what: z.enum(["mp4", "aac"]), done: z.number().min(0).max(1) });
export type Conversion = z.infer<typeof conversionSchema>;

/** A clip as one person sees it. */
export const clipSchema = z.object({
  id: idSchema,
  state: clipStateSchema,
  title: z.string(),
  roomName: roomNameSchema,
  sessionId: idSchema,
  owner: z.object({ userId: userIdSchema, name: z.string() }),
  /** Who shared the screen. */
  sharer: z.object({ userId: userIdSchema, name: z.string() }),
  createdAtMs: instantSchema,
  /** What was asked for, in wall time. */
  requestedMs: lengthMsSchema,
  /** What plays. */
  durationMs: lengthMsSchema,
  startsAtMs: z.number(),
  endsAtMs: z.number(),
  gaps: z.array(gapSchema),
  /** How much of what was asked for, up to the press, the recorder had not written yet; 0 but for egress, whose newest segments come 10 to 20 s late. */
  notYetMs: lengthMsSchema,
  sizeBytes: z.number().int().nonnegative(),
  video: z.object({ codec: z.string(), width: z.number().int(), height: z.number().int() }),
  audio: z.object({ codec: z.string() }).nullable(),
  /** Channels that it is shared to, as far as the asking person can read them. */
  shares: z.array(z.object({ postId: idSchema, channelId: z.string(), channelName: z.string() })),
  /** `play`: its links work for the asking person (the sharer sees a clip of theirs listed, and may withdraw it, without being able to play it). */
  can: z.object({ play: z.boolean(), edit: z.boolean(), delete: z.boolean() }),
  /**
   * Signed for an hour. `playlist`: HLS, while its pins are there and its codec plays from it; `webm`: a file that plays at once where HLS does not (VP8), while its pins are there; its `#t=` is where the clip begins in it;
   * `download`: the MP4, once ready (before: it waits for it); `downloadAac`: the same picture with AAC sound, made when it is asked for; null for a clip without sound, and where the server has no FFmpeg.
   */
  links: z.object({
    playlist: z.string().nullable(),
    webm: z.string().nullable(),
    download: z.string(),
    downloadAac: z.string().nullable(),
    poster: z.string(),
  }),
  /** What FFmpeg is making of it now: `mp4` for a codec that MP4 players do not know, `aac` for a download with AAC sound. `done` is from 0 to 1. */
  conversions: z.array(conversionSchema),
  /** The owner's, for the owner only. */
  quota: quotaSchema.nullable(),
  /** Only in the answer to a capture that was to be shared as well: why the host application did not take the post. The clip is kept, and shared to nobody. */
  shareRefused: z.object({ code: errorCodeSchema, detail: z.string() }).optional(),
  serverTimeMs: instantSchema,
});
export type Clip = z.infer<typeof clipSchema>;

/** Query of `GET /my-clips`. */
export const clipQuerySchema = pageQuerySchema.extend({
  sort: z.enum(["newest", "oldest", "longest", "largest", "title"]).default("newest"),
  q: z.string().trim().max(200).optional().describe("Words that titles have"),
  untilMs: z.coerce
    .number()
    .int()
    .nonnegative()
    .optional()
    .describe("Only clips that were kept until then: with the `serverTimeMs` of the first page, new clips do not move the later ones"),
});
export type ClipQuery = z.infer<typeof clipQuerySchema>;

/** `GET /my-clips`. */
export const clipPageSchema = z.object({
  items: z.array(clipSchema),
  page: z.number().int(),
  pageSize: z.number().int(),
  total: z.number().int().nonnegative(),
  quota: quotaSchema,
  serverTimeMs: instantSchema,
});
export type ClipPage = z.infer<typeof clipPageSchema>;

/** Body of `PATCH /clips/:id`. */
export const editClipSchema = z.object({ title: titleSchema });
export type EditClip = z.infer<typeof editClipSchema>;

/** Body of `POST /clips/:id/trim`: which part of the clip becomes a new one, in ms of its own playing time. Fractions are welcome. */
export const trimClipSchema = z
  .object({
    /** The new clip begins with the picture that is shown then. */
    startMs: z.number().nonnegative(),
    /** It ends with the last picture that begins before. */
    endMs: z.number().nonnegative(),
  })
  .refine(({ startMs, endMs }) => endMs > startMs, { path: ["endMs"], message: "must be after startMs" });
export type TrimClip = z.infer<typeof trimClipSchema>;

/** Body of `POST /clips/:id/share`. */
export const shareClipSchema = z.object({ channelId: directoryIdSchema, text: z.string().max(2000).optional() });
export type ShareClip = z.infer<typeof shareClipSchema>;

/** A post of a channel. `clip` is null once the clip was deleted. */
export const postSchema = z.object({
  id: idSchema,
  channelId: z.string(),
  author: z.object({ userId: userIdSchema, name: z.string() }),
  text: z.string(),
  createdAtMs: instantSchema,
  clip: clipSchema.nullable(),
  can: z.object({ unshare: z.boolean() }),
});
export type Post = z.infer<typeof postSchema>;

/** `GET /channels/:id/posts`: newest first. */
export const postPageSchema = z.object({
  items: z.array(postSchema),
  page: z.number().int(),
  pageSize: z.number().int(),
  total: z.number().int().nonnegative(),
});
export type PostPage = z.infer<typeof postPageSchema>;
