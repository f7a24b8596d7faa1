/** What who runs the server sees and changes: quotas, running sessions, the audit log, the store's check. */
import { z } from "zod";
import { directoryIdSchema, idSchema, instantSchema, pageOf, pageQuerySchema, userIdSchema } from "./id.js";
import { quotaSchema } from "./quota.js";
import { sessionSchema } from "./session.js";

/** Body of `PATCH /admin/users/:userId/quota`. Below what is used already: nothing is deleted, new clips are refused. */
export const editQuotaSchema = z.strictObject({
  /** Bytes; null: the server's default again. */
  limitBytes: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullable(),
});
/** See {@link editQuotaSchema}. */
export type EditQuota = z.infer<typeof editQuotaSchema>;

/** How much one user keeps. */
export const userUsageSchema = z.object({ userId: userIdSchema, name: z.string(), quota: quotaSchema });
/** See {@link userUsageSchema}. */
export type UserUsage = z.infer<typeof userUsageSchema>;

/** `GET /admin/users`: who keeps how much, most first; and what all of them keep. */
export const userUsagePageSchema = pageOf(userUsageSchema).extend({
  usedBytes: z.number().int().nonnegative(),
  reservedBytes: z.number().int().nonnegative(),
  /** Free on the disk of clips and buffers. */
  freeBytes: z.number().nonnegative(),
});
/** See {@link userUsagePageSchema}. */
export type UserUsagePage = z.infer<typeof userUsagePageSchema>;

/** A session as who looks after it sees it. */
export const adminSessionSchema = sessionSchema.extend({
  /** The server process that has it; null when none. */
  serverId: z.string().nullable(),
});
/** See {@link adminSessionSchema}. */
export type AdminSession = z.infer<typeof adminSessionSchema>;

/** Query of `GET /admin/sessions`. */
export const adminSessionQuerySchema = pageQuerySchema.extend({ communityId: directoryIdSchema.optional() });
/** See {@link adminSessionQuerySchema}. */
export type AdminSessionQuery = z.infer<typeof adminSessionQuerySchema>;

/** `GET /admin/sessions`: active ones first, then those in their grace; the newest first. */
export const adminSessionPageSchema = pageOf(adminSessionSchema);
/** See {@link adminSessionPageSchema}. */
export type AdminSessionPage = z.infer<typeof adminSessionPageSchema>;

/** One change that somebody with power made. */
export const auditEntrySchema = z.object({
  id: idSchema,
  atMs: instantSchema,
  actor: z.object({ userId: userIdSchema, name: z.string() }),
  /** `{what}.{verb}`: `user_quota.edit`, `member.put`, …; `….failed`: the change that was written before it did not come to its end. */
  action: z.string(),
  communityId: z.string().nullable(),
  /** Id of what was changed. */
  target: z.string(),
  /** What was before and after; null where there was nothing. */
  from: z.unknown(),
  to: z.unknown(),
});
/** See {@link auditEntrySchema}. */
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** Query of `GET /admin/audit`. */
export const auditQuerySchema = adminSessionQuerySchema;
/** See {@link auditQuerySchema}. */
export type AuditQuery = z.infer<typeof auditQuerySchema>;
/** `GET /admin/audit`: the newest first. */
export const auditPageSchema = pageOf(auditEntrySchema);
/** See {@link auditPageSchema}. */
export type AuditPage = z.infer<typeof auditPageSchema>;

/** One thing that the store's check found. */
export const storeFindingSchema = z.object({
  kind: z.string(),
  /** Number of the broken invariant in docs/design/storage.md; null: only worth knowing. */
  invariant: z.number().int().nullable(),
  /** Relative to the storage folder; null when it is about rows only. */
  path: z.string().nullable(),
  /** Null when it is about files only. */
  row: z.string().nullable(),
  detail: z.string(),
});
/** See {@link storeFindingSchema}. */
export type StoreFinding = z.infer<typeof storeFindingSchema>;

/** `GET /admin/store-check`. */
export const storeCheckSchema = z.object({
  /** How many findings break an invariant; 0: all is well. */
  broken: z.number().int().nonnegative(),
  /** How many findings there are. */
  total: z.number().int().nonnegative(),
  /** The first 1,000 of them. */
  findings: z.array(storeFindingSchema),
  serverTimeMs: instantSchema,
});
/** See {@link storeCheckSchema}. */
export type StoreCheck = z.infer<typeof storeCheckSchema>;

/** `POST /admin/store-check/repair`: what was mended, and what a check finds then. */
export const storeRepairSchema = storeCheckSchema.extend({
  mended: z.array(storeFindingSchema),
  /** Clips whose MP4 is made (again) now. */
  finalising: z.number().int().nonnegative(),
});
/** See {@link storeRepairSchema}. */
export type StoreRepair = z.infer<typeof storeRepairSchema>;
