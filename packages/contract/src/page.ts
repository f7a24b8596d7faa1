/** What the page must know before anybody is signed in, and what it and the window that holds or opened it say to each other (`postMessage`). */
import { z } from "zod";

/** `GET /page`. */
export const pageSettingsSchema = z.object({
  /** Origins whose windows may hold the page in a frame and give it tokens (`EMBED_ORIGINS`). */
  embedOrigins: z.array(z.string()),
});
export type PageSettings = z.infer<typeof pageSettingsSchema>;

/** Host application to page. Heard only from a parent or opener of one of `embedOrigins`. */
export const hostMessageSchema = z.discriminatedUnion("type", [
  /** Signs that person in, or renews their token. A token of somebody else signs the one before out. */
  z.object({ type: z.literal("replay:token"), token: z.string().min(1).max(8192) }),
  /** Signs out: the share ends, and nothing of that person stays in the page. */
  z.object({ type: z.literal("replay:sign-out") }),
]);
export type HostMessage = z.infer<typeof hostMessageSchema>;

/** Why the page asks for a token: `start`: nobody is signed in; `expiring`: the token ends soon; `refused`: the server does not take it any more. */
export const tokenWantedSchema = z.enum(["start", "expiring", "refused"]);
export type TokenWanted = z.infer<typeof tokenWantedSchema>;

/** Page to host application. It holds no secret; asked again, with growing pauses, until a token comes. */
export const pageMessageSchema = z.object({ type: z.literal("replay:token-wanted"), reason: tokenWantedSchema });
export type PageMessage = z.infer<typeof pageMessageSchema>;
