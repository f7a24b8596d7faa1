/** Permissions: what a member may do in one community. A role is a set of them. */
import { z } from "zod";

/** One permission, by its name in roles, tokens of the host application and answers. */
export const permissionSchema = z.enum([
  "ENABLE_REPLAY_BUFFER",
  "CAPTURE_REPLAY",
  "MANAGE_REPLAY_LIMITS",
  "VIEW_CHANNEL",
  "SEND_MESSAGES",
  "MANAGE_CHANNEL",
]);
export type Permission = z.infer<typeof permissionSchema>;
