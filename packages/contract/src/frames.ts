/** When frames are shown: what an editor needs to stop at exact ones. */
import { z } from "zod";

/** Query of `GET /clips/:clipId/frames` (playing time) and `GET /sessions/:sessionId/frames` (wall time), in ms. */
export const framesQuerySchema = z.object({
  fromMs: z.coerce.number().nonnegative().default(0).describe("From the picture that is on the screen then"),
  lengthMs: z.coerce.number().min(1).max(60_000).default(20_000).describe("To those that begin within so many ms from then"),
});
export type FramesQuery = z.infer<typeof framesQuerySchema>;

/** Their answer. */
export const framesSchema = z.object({
  /** When each frame begins to be shown, ascending; with fractions of a ms, exact to 1 µs. Empty: there is nothing (in a gap, behind the end). */
  atMs: z.array(z.number()),
  /** Until when the last of them is shown: the next one begins then, or everything ends. */
  untilMs: z.number(),
});
export type Frames = z.infer<typeof framesSchema>;
