/** What an access token says. */
import { z } from "zod";
import { userIdSchema } from "./id.js";

/** Claims of the JWT. Only the server verifies them; everybody else takes them for a hint. */
export const tokenClaimsSchema = z.object({
  /** The user's id. */
  sub: userIdSchema,
  /** When it ends, in Unix seconds. */
  exp: z.number().positive(),
  name: z.string().trim().min(1).max(200).optional().catch(undefined),
  /** Makes an instance admin. */
  admin: z.boolean().optional().catch(undefined),
});
export type TokenClaims = z.infer<typeof tokenClaimsSchema>;
