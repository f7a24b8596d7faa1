/** A session: the rolling recording of one person's sharing in one room. */
import { z } from "zod";
import { gapSchema } from "./gap.js";
import { idSchema, instantSchema, roomNameSchema, userIdSchema } from "./id.js";

/** `active` while the person shares, `ended` after; then the grace runs. */
export const sessionStateSchema = z.enum(["active", "ended"]);
export type SessionState = z.infer<typeof sessionStateSchema>;

/** Which recorder turns the share into segments. */
export const recorderKindSchema = z.enum(["whip", "passthrough", "egress"]);
export type RecorderKind = z.infer<typeof recorderKindSchema>;

/**
 * `ok`; `waiting`: no picture yet; `silent`: nothing has come from the publisher for a while; `reconnecting`: transport or recorder is gone and expected back;
 * `degraded`: recording goes on with losses that the person should know of (`reason`).
 */
export const sessionHealthSchema = z.object({
  state: z.enum(["ok", "waiting", "silent", "reconnecting", "degraded"]),
  /** A sentence for the person; null when ok. */
  reason: z.string().nullable(),
});
export type SessionHealth = z.infer<typeof sessionHealthSchema>;

/** How far back the buffer reaches. Wall time. */
export const bufferWindowSchema = z.object({
  fromMs: instantSchema,
  toMs: instantSchema,
  gaps: z.array(gapSchema),
  /** Bytes on disk of the buffer. */
  sizeBytes: z.number().int().nonnegative(),
});
export type BufferWindow = z.infer<typeof bufferWindowSchema>;

/** A session as one person sees it. */
export const sessionSchema = z.object({
  id: idSchema,
  /** The same as `id`. */
  sessionId: idSchema,
  roomName: roomNameSchema,
  communityId: z.string(),
  owner: z.object({ userId: userIdSchema, name: z.string() }),
  state: sessionStateSchema,
  recorder: recorderKindSchema,
  startedAtMs: instantSchema,
  endedAtMs: instantSchema.nullable(),
  /** When an ended session's buffer is deleted; null while active. */
  graceEndsAtMs: instantSchema.nullable(),
  /** Null before the first segment. */
  window: bufferWindowSchema.nullable(),
  health: sessionHealthSchema,
  /** How the picture is encoded that is kept now; null before the first segment. VP8 (`vp08`) plays at once like the others, but its MP4 has to be converted. */
  video: z.object({ codec: z.string(), width: z.number().int(), height: z.number().int() }).nullable(),
  /** Since when nothing is recorded because its owner wants it so; null while it is recorded. A session that ended paused is paused when it goes on. */
  pausedAtMs: instantSchema.nullable(),
  /** What the asking person may do with it. */
  can: z.object({
    capture: z.boolean(),
    stop: z.boolean(),
    /** Pause it, or let it go on. */
    pause: z.boolean(),
    forget: z.boolean(),
  }),
  links: z.object({
    /** Live HLS, with rewinding; null for who may not capture. */
    live: z.string().nullable(),
    /** Pictures of the window; takes `fromMs`, `toMs` and `count`. Null for who may not rewind, and where pictures cannot be made. */
    strip: z.string().nullable(),
  }),
  serverTimeMs: instantSchema,
});
export type Session = z.infer<typeof sessionSchema>;

/** Body of `POST /start`. Tracks are found from the caller's screen share when left out. */
export const startSessionSchema = z.object({
  roomName: roomNameSchema,
  videoTrackId: z.string().min(1).max(200).optional(),
  audioTrackId: z.string().min(1).max(200).optional(),
});
export type StartSession = z.infer<typeof startSessionSchema>;

/** `GET /status/:roomName`. */
export const roomStatusSchema = z.object({
  roomName: roomNameSchema,
  sessions: z.array(sessionSchema),
  /** Lets a client measure its offset to the server. */
  serverTimeMs: instantSchema,
});
export type RoomStatus = z.infer<typeof roomStatusSchema>;

/** Body of `POST /sessions/:sessionId/forget`. */
export const forgetSchema = z.object({
  /** Forget what was recorded from this instant (wall time) on. Left out: everything. */
  fromMs: instantSchema.optional(),
});
export type Forget = z.infer<typeof forgetSchema>;

/** A clip that was made of a session before it was forgotten: it belongs to who made it. Withdraw it by `DELETE /clips/:clipId`. */
export const survivingClipSchema = z.object({
  clipId: idSchema,
  title: z.string(),
  by: z.object({ userId: userIdSchema, name: z.string() }),
  createdAtMs: instantSchema,
  startsAtMs: z.number(),
  endsAtMs: z.number(),
  durationMs: z.number().nonnegative(),
});
export type SurvivingClip = z.infer<typeof survivingClipSchema>;

/** Answer of `POST /sessions/:sessionId/forget`. What it names is deleted from the disk by then. */
export const forgottenSchema = z.object({
  /**
   * What is gone: whole segments, so that it may begin up to one segment (2 s; 10 s where LiveKit egress records) before `fromMs`, and never after it.
   * Null: there was nothing.
   */
  deleted: z.object({ fromMs: z.number(), toMs: z.number(), segments: z.number().int(), sizeBytes: z.number().int() }).nullable(),
  /** Clips of other people and of the owner that show something of it. They stay. */
  clips: z.array(survivingClipSchema),
  session: sessionSchema,
});
export type Forgotten = z.infer<typeof forgottenSchema>;

/** Query of `GET /sessions/:sessionId/live.m3u8`. */
export const liveQuerySchema = z.object({
  /**
   * Only the first seconds of what was recorded from this instant on (wall time): the files that a capture from there begins with, and `EXT-X-START` at its first frame.
   * A player that has loaded and decoded them by then shows the clip as soon as it is kept.
   */
  fromMs: z.coerce.number().nonnegative().optional(),
  /** With `fromMs`: and nothing of what a capture up to here would cut. */
  toMs: z.coerce.number().nonnegative().optional(),
});
export type LiveQuery = z.infer<typeof liveQuerySchema>;

/** Query of `GET /sessions/:sessionId/strip.jpg`: pictures of a range of the window (wall time); and of `GET /clips/:clipId/strip.jpg`: of a clip (its own playing time). */
export const stripQuerySchema = z.object({
  /** Default: the beginning. */
  fromMs: z.coerce.number().int().nonnegative().optional(),
  /** Default: the end. */
  toMs: z.coerce.number().int().nonnegative().optional(),
  /** At most so many pictures, evenly spread. */
  count: z.coerce.number().int().min(1).max(120).default(60),
});
export type StripQuery = z.infer<typeof stripQuerySchema>;

/** The `Replay-Strip` header of that answer, as JSON: one row of pictures of the same size, from left to right. */
export const stripSchema = z.object({
  tileWidth: z.number().int().positive(),
  tileHeight: z.number().int().positive(),
  /** When each picture is shown, ascending: wall time, of a clip its own playing time. */
  atMs: z.array(z.number().int()).min(1),
});
export type Strip = z.infer<typeof stripSchema>;
