/**
 * The messages between the server and a recorder process, JSON over an authenticated WebSocket that the recorder opens.
 * Requests carry `id`; their answer repeats it. Notices have none. Nothing in them assumes that both are on one machine, but for the shared storage root.
 */
import { z } from "zod";
import { errorCodeSchema } from "./errors.js";
import { gapSchema, gapReasonSchema } from "./gap.js";
import { idSchema, roomNameSchema, userIdSchema } from "./id.js";

/** One closed segment, as the index keeps it. Media times in µs on the run's timeline, wall times in Unix ms (may be fractional). */
export const segmentEntrySchema = z.object({
  run: z.number().int().nonnegative(),
  number: z.number().int().nonnegative(),
  runReason: z.enum(["start", ...gapReasonSchema.options]),
  startPts: z.number().int(),
  endPts: z.number().int(),
  startWall: z.number(),
  endWall: z.number(),
  sizeBytes: z.number().int().positive(),
  frames: z.number().int().positive(),
  gaps: z.array(gapSchema),
});
export type SegmentEntry = z.infer<typeof segmentEntrySchema>;

const folder = { roomName: roomNameSchema, userId: userIdSchema, sessionId: idSchema };

/** Server to recorder. */
export const recorderRequestSchema = z.discriminatedUnion("type", [
  /** A WHIP offer: makes a publication; answered by `answer`. */
  z.object({
    type: z.literal("offer"),
    id: z.number(),
    publicationId: idSchema,
    roomName: roomNameSchema,
    userId: userIdSchema,
    sdp: z.string(),
  }),
  /** Trickled candidates of a publication (RFC 8840 fragment). */
  z.object({ type: z.literal("candidates"), id: z.number(), publicationId: idSchema, fragment: z.string() }),
  z.object({ type: z.literal("unpublish"), id: z.number(), publicationId: idSchema }),
  /** Begin to write a publication's media into a session's folder. `firstRun`: the number of its first run. */
  z.object({
    type: z.literal("start"),
    id: z.number(),
    publicationId: idSchema,
    ...folder,
    firstRun: z.number().int().nonnegative(),
    firstRunReason: z.enum(["start", ...gapReasonSchema.options]),
  }),
  /**
   * Join the session's LiveKit room, unless the process is in it, and write one participant's screen share into the session's folder, also when it ends and
   * comes back under new tracks. Answered by `done` once the room is joined and the share was seen there. Fails with `not_sharing`, `encrypted_room`, `unsupported_codec`, `recorder_unavailable`.
   */
  z.object({
    type: z.literal("record"),
    id: z.number(),
    ...folder,
    /** LiveKit identity whose share it is. */
    identity: z.string().min(1).max(512),
    /** A certain track of theirs; null: their newest screen share. */
    videoTrackId: z.string().nullable(),
    audioTrackId: z.string().nullable(),
    firstRun: z.number().int().nonnegative(),
    firstRunReason: z.enum(["start", ...gapReasonSchema.options]),
  }),
  /** Close the open GOP and stop writing. Answered after its segment was announced. The publication stays. */
  z.object({ type: z.literal("stop"), id: z.number(), sessionId: idSchema }),
  /** Write what is not closed yet, up to `cutAtMs` (wall time; answered when that instant has passed), as `tail-{captureId}.m4s`. */
  z.object({ type: z.literal("tail"), id: z.number(), sessionId: idSchema, captureId: idSchema, cutAtMs: z.number() }),
]);
export type RecorderRequest = z.infer<typeof recorderRequestSchema>;

/** The tail as written: like a segment, and which segment numbers of its run it stands for until they are closed. */
export const tailEntrySchema = segmentEntrySchema.extend({
  coversFrom: z.number().int().nonnegative(),
  coversTo: z.number().int().nonnegative(),
});
export type TailEntry = z.infer<typeof tailEntrySchema>;

/** What a recorder process says of itself with each heartbeat. */
export const recorderStatsSchema = z.object({
  publications: z.number().int(),
  sessions: z.number().int(),
  eventLoopDelayP99Ms: z.number(),
  residentBytes: z.number(),
  /** Every drop is counted, by what was dropped. */
  drops: z.record(z.string(), z.number()),
});
export type RecorderStats = z.infer<typeof recorderStatsSchema>;

/** Recorder to server. */
export const recorderMessageSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("hello"), recorderId: z.string(), pid: z.number().int(), udpPort: z.number().int().nullable() }),
  z.object({ type: z.literal("heartbeat"), recorderId: z.string(), stats: recorderStatsSchema }),
  z.object({ type: z.literal("answer"), id: z.number(), sdp: z.string() }),
  z.object({ type: z.literal("done"), id: z.number() }),
  z.object({ type: z.literal("tail"), id: z.number(), tail: tailEntrySchema.nullable() }),
  z.object({ type: z.literal("failed"), id: z.number(), code: errorCodeSchema, detail: z.string() }),
  /** A segment is on disk under its final name. Sent in order. */
  z.object({ type: z.literal("segment"), sessionId: idSchema, segment: segmentEntrySchema }),
  /** A stretch that will not come, before a segment says so itself. */
  z.object({ type: z.literal("gap"), sessionId: idSchema, gap: gapSchema }),
  z.object({
    type: z.literal("publication"),
    publicationId: idSchema,
    sessionId: idSchema.nullable(),
    /** `connected`; `silent` no packet for 2 s (take-over is allowed); `flowing` again; `ended` by the publisher or by 60 s of nothing. */
    state: z.enum(["connected", "silent", "flowing", "ended"]),
    reason: z.string().nullable(),
  }),
  /**
   * What a recorded share of a LiveKit room does. `flowing`: its packets come; `muted` by the person; `silent`: nothing for 2 s though it is not muted;
   * `lost`: LiveKit cannot be reached, the recorder keeps trying; `ended`: unpublished, the participant left or the room was closed: the recorder has let go of the session.
   */
  z.object({
    type: z.literal("share"),
    sessionId: idSchema,
    state: z.enum(["flowing", "muted", "silent", "lost", "ended"]),
    /** A sentence for the person; null when `flowing`. */
    reason: z.string().nullable(),
  }),
  /** A segment could not be written (disk) or is again. */
  z.object({ type: z.literal("health"), sessionId: idSchema, state: z.enum(["ok", "degraded"]), reason: z.string().nullable() }),
]);
export type RecorderMessage = z.infer<typeof recorderMessageSchema>;
