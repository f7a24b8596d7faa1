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
  /** What the asking person may do with it. */
  can: z.object({ capture: z.boolean(), stop: z.boolean() }),
  links: z.object({
    /** Live HLS, with rewinding; null for who may not capture. */
    live: z.string().nullable(),
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
