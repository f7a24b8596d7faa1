/** A gap: a stretch of wall time without picture, as the index, the API and the page speak of it. */
import { z } from "zod";

/**
 * Why there is no picture:
 * `loss` packets that never came; `mute` the share was muted; `silence` the publisher sent nothing; `reconnect` a new publication or transport;
 * `restart` the recorder was started again; `clock` the publisher's clock jumped; `format` the codec setup changed; `pause` the owner paused; `disk` a segment could not be written;
 * `forgotten` the owner had what was recorded deleted.
 */
export const gapReasonSchema = z.enum(["loss", "mute", "silence", "reconnect", "restart", "clock", "format", "pause", "disk", "forgotten"]);
export type GapReason = z.infer<typeof gapReasonSchema>;

/** `fromMs` and `toMs` are wall time (Unix ms). */
export const gapSchema = z.object({ fromMs: z.number(), toMs: z.number(), reason: gapReasonSchema });
export type Gap = z.infer<typeof gapSchema>;
