/** What happened, as one server tells it to another. Who speaks was proven by then; what it says is checked as far as anybody here relies on it. */
import { conversionSchema } from "@livekit-replay/contract";
import { z } from "zod";
import type { ClipRow, PostRow, SessionRow } from "../catalog/port.js";
import type { DomainEvent } from "./bus.js";

const id = z.string().min(1).max(200);

/** A row is whole, or it is none: a server of another version may keep other fields beside those that are looked at here. */
const rowLike = <Row>(shape: z.ZodType): z.ZodType<Row> => z.custom<Row>((value) => shape.safeParse(value).success);

const session = rowLike<SessionRow>(
  z.object({
    id,
    userId: id,
    roomName: id,
    communityId: id,
    state: z.enum(["active", "ended"]),
    startedAtMs: z.number(),
    serverId: id.nullable(),
    identity: z.string().nullable(),
    endedBy: z.enum(["stop", "share"]).nullable(),
  }),
);
const clip = rowLike<ClipRow>(
  z.object({
    id,
    userId: id,
    sessionId: id,
    roomName: id,
    sharerId: id,
    ownerName: z.string(),
    state: z.string(),
    fileKey: id,
    gaps: z.array(z.unknown()),
  }),
);
const post = rowLike<PostRow>(
  z.object({ id, channelId: id, clipId: id.nullable(), userId: id, text: z.string(), createdAtMs: z.number() }),
);

const wireSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("session"), session }),
  z.object({ type: z.literal("window"), session }),
  z.object({ type: z.literal("session_gone"), session }),
  z.object({ type: z.literal("republish"), session }),
  z.object({ type: z.literal("captured"), clip }),
  z.object({ type: z.literal("clip"), clip }),
  z.object({
    type: z.literal("conversion"),
    clip,
    conversion: conversionSchema,
    listeners: z.array(z.string()).transform((all) => new Set(all)),
  }),
  z.object({ type: z.literal("clip_failed"), clip, reason: z.string() }),
  z.object({ type: z.literal("clip_ending"), clip }),
  z.object({ type: z.literal("clip_gone"), clip }),
  z.object({ type: z.literal("quota"), userId: id }),
  z.object({ type: z.literal("user_removed"), userId: id }),
  z.object({ type: z.literal("post"), post }),
  z.object({ type: z.literal("post_gone"), post }),
]);

/** Reads an event; null for what is none. */
export function readEvent(value: unknown): DomainEvent | null {
  const event = wireSchema.safeParse(value);
  return event.success ? event.data : null;
}

/** An event as JSON can carry it. */
export const writeEvent = (event: DomainEvent): object =>
  event.type === "conversion" ? { ...event, listeners: [...event.listeners] } : event;
