/**
 * Server-sent events. The event's `type` is also the SSE `event` field; `data` is the whole object as JSON; every event carries `serverTimeMs`.
 * Room events go to everybody in the room; `me` events to one person.
 */
import { z } from "zod";
import { clipSchema, conversionSchema, postSchema } from "./clip.js";
import { idSchema, instantSchema, userIdSchema } from "./id.js";
import { quotaSchema } from "./quota.js";
import { bufferWindowSchema, sessionSchema } from "./session.js";

const stamp = { serverTimeMs: instantSchema };

/** `GET /rooms/:roomName/events`. The first event is always `room`: the whole state. */
export const roomEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("room"), sessions: z.array(sessionSchema), ...stamp }),
  z.object({ type: z.literal("session"), session: sessionSchema, ...stamp }),
  /** The buffer is gone (grace over, or forgotten). */
  z.object({ type: z.literal("session_gone"), sessionId: idSchema, ...stamp }),
  z.object({ type: z.literal("window"), sessionId: idSchema, window: bufferWindowSchema, ...stamp }),
  /** A clip was made, by whom, of whose share, how long. */
  z.object({
    type: z.literal("captured"),
    sessionId: idSchema,
    clipId: idSchema,
    by: z.object({ userId: userIdSchema, name: z.string() }),
    durationMs: z.number(),
    /** Which moments of the share it shows, in wall time. */
    startsAtMs: z.number(),
    endsAtMs: z.number(),
    ...stamp,
  }),
]);
export type RoomEvent = z.infer<typeof roomEventSchema>;

/** `GET /me/events`. */
export const meEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("hello"), quota: quotaSchema, ...stamp }),
  z.object({ type: z.literal("clip"), clip: clipSchema, ...stamp }),
  /** A clip of mine, of my share, or of a channel that I can read, is deleted. */
  z.object({ type: z.literal("clip_gone"), clipId: idSchema, ...stamp }),
  /** FFmpeg makes a file of a clip of mine: about once a second, and at the end (`done: 1`). */
  z.object({ type: z.literal("conversion"), clipId: idSchema, conversion: conversionSchema, ...stamp }),
  /** Making the MP4 failed; it is tried again, the clip stays playable. */
  z.object({ type: z.literal("clip_failed"), clipId: idSchema, reason: z.string(), ...stamp }),
  z.object({
    type: z.literal("quota"),
    quota: quotaSchema,
    /** 80 or 95 when that percentage was just passed. */ warning: z.number().nullable(),
    ...stamp,
  }),
  /** Somebody made a clip of my share. */
  z.object({
    type: z.literal("clip_of_me"),
    clipId: idSchema,
    sessionId: idSchema,
    by: z.object({ userId: userIdSchema, name: z.string() }),
    durationMs: z.number(),
    ...stamp,
  }),
  /** The transport or the recorder is gone: publish again. */
  z.object({ type: z.literal("republish"), sessionId: idSchema, roomName: z.string(), ...stamp }),
  z.object({ type: z.literal("post"), post: postSchema, ...stamp }),
  z.object({ type: z.literal("post_gone"), postId: idSchema, channelId: z.string(), ...stamp }),
]);
export type MeEvent = z.infer<typeof meEventSchema>;
