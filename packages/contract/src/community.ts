/** What a community has set for its replay sessions. */
import { z } from "zod";

/** Who may capture a session: only who shares, or whoever is in the room and has the permission. */
export const whoMayCaptureSchema = z.enum(["owner", "room"]);
/** See {@link whoMayCaptureSchema}. */
export type WhoMayCapture = z.infer<typeof whoMayCaptureSchema>;

const maxConcurrentSchema = z.number().int().min(0).max(10_000);

/** What holds in a community now, with the server's defaults where it has set nothing. */
export const communityConfigSchema = z.object({
  /** Whether sessions may be started. Switching it off ends none that runs. */
  enabled: z.boolean(),
  /** Active sessions at once. */
  maxConcurrent: maxConcurrentSchema,
  /** Every share in the community's LiveKit rooms is recorded without being asked for. */
  autoStart: z.boolean(),
  whoMayCapture: whoMayCaptureSchema,
});
/** See {@link communityConfigSchema}. */
export type CommunityConfig = z.infer<typeof communityConfigSchema>;

/** What routes answer: also where the number comes from. */
export const communityConfigViewSchema = communityConfigSchema.extend({
  /** The community's own number; null: the server's default counts. */
  ownMaxConcurrent: maxConcurrentSchema.nullable(),
  /** `DEFAULT_MAX_CONCURRENT` of the server. */
  defaultMaxConcurrent: maxConcurrentSchema,
});
/** See {@link communityConfigViewSchema}. */
export type CommunityConfigView = z.infer<typeof communityConfigViewSchema>;

/** Body of `PATCH /admin/community/:communityId/config`: what is left out stays. */
export const editCommunityConfigSchema = z
  .strictObject({
    enabled: z.boolean().optional(),
    /** Null: the server's default again. */
    maxConcurrent: maxConcurrentSchema.nullable().optional(),
    autoStart: z.boolean().optional(),
    whoMayCapture: whoMayCaptureSchema.optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), { message: "at least one setting is required" })
  .meta({ minProperties: 1 });
/** See {@link editCommunityConfigSchema}. */
export type EditCommunityConfig = z.infer<typeof editCommunityConfigSchema>;
