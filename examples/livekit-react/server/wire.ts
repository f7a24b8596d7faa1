/** What the page and the server of this example say to each other. Both check it. */
import { z } from "zod";

/** Body of `POST /api/join`. */
export const joinSchema = z.strictObject({ name: z.string().trim().min(1).max(60) });

/** Answer of `POST /api/join`: who one is, where to go, and the key for everything after it. */
export const membershipSchema = z.object({
  key: z.string(),
  userId: z.string(),
  name: z.string(),
  livekit: z.object({ url: z.string(), token: z.string() }),
  replayUrl: z.string(),
});
/** See {@link membershipSchema}. */
export type Membership = z.infer<typeof membershipSchema>;

/** Answer of `POST /api/replay-token`. */
export const tokenSchema = z.object({ token: z.string() });
