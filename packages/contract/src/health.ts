/** `GET /healthz` and `/readyz`. */
import { z } from "zod";

/** The whole server, and each of its parts by name. */
export const healthSchema = z.object({
  status: z.enum(["ok", "degraded", "down"]),
  parts: z.record(z.string(), z.object({ status: z.enum(["ok", "degraded", "down"]), detail: z.string().optional() })),
});
export type Health = z.infer<typeof healthSchema>;
