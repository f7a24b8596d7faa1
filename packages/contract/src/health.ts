/** `GET /healthz` and `/readyz`. */
import { z } from "zod";

export const healthSchema = z.object({
  status: z.enum(["ok", "degraded", "down"]),
  parts: z.record(z.string(), z.object({ status: z.enum(["ok", "degraded", "down"]), detail: z.string().optional() })),
});
export type Health = z.infer<typeof healthSchema>;
