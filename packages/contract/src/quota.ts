/** Quota: how many bytes of clips a user may keep. */
import { z } from "zod";

/** A user's limit and balance, in bytes. Used and reserved together never pass the limit. */
export const quotaSchema = z.object({
  limitBytes: z.number().int().nonnegative(),
  /** Clips that exist. */
  usedBytes: z.number().int().nonnegative(),
  /** Charged for clips that are being made. */
  reservedBytes: z.number().int().nonnegative(),
});
export type Quota = z.infer<typeof quotaSchema>;
