/** LiveKit as the page meets it: a token to join a room with. */
import { z } from "zod";
import { instantSchema, roomNameSchema } from "./id.js";

/** Body of `POST /livekit/token`. */
export const livekitTokenRequestSchema = z.object({
  roomName: roomNameSchema,
  /** Tells a person's devices or tabs apart: the identity is the user id, `#` and this. */
  device: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/)
    .optional(),
});
export type LivekitTokenRequest = z.infer<typeof livekitTokenRequestSchema>;

/** Answer of `POST /livekit/token`. */
export const livekitTokenSchema = z.object({
  /** What livekit-client connects to (`ws:` or `wss:`). */
  url: z.string(),
  token: z.string(),
  identity: z.string(),
  expiresAtMs: instantSchema,
});
export type LivekitToken = z.infer<typeof livekitTokenSchema>;
