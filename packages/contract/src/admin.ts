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
export const userUsageSchema = z.object({
  userId: userIdSchema,
  name: z.string(),
  quota: quotaSchema,
  /** The limit that was set for this user; null: the server's default counts. */
  ownLimitBytes: z.number().int().nonnegative().nullable(),
});
/** See {@link userUsageSchema}. */
export type UserUsage = z.infer<typeof userUsageSchema>;

/** `GET /admin/users`: who keeps how much, most first; and what all of them keep. */
export const userUsagePageSchema = pageOf(userUsageSchema).extend({
  usedBytes: z.number().int().nonnegative(),
  reservedBytes: z.number().int().nonnegative(),
  /** `DEFAULT_QUOTA_BYTES` of the server. */
  defaultLimitBytes: z.number().int().nonnegative(),
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

/** What the audit log tells of: whose kind a change is of. */
export const auditKindSchema = z.enum([
  "community",
  "community_config",
  "room",
  "channel",
  "role",
  "member",
  "person",
  "user",
  "user_quota",
  "session",
  "clip",
  "post",
  "store",
]);
/** See {@link auditKindSchema}. */
export type AuditKind = z.infer<typeof auditKindSchema>;

/** Every change that is written to the audit log: `{kind}.{verb}`. One that then failed is followed by the same with `.failed`. */
export const auditActionSchema = z.enum([
  "community.put",
  "community.remove",
  "community_config.edit",
  "room.put",
  "room.remove",
  "channel.put",
  "channel.remove",
  "role.put",
  "role.remove",
  "member.put",
  "member.remove",
  "person.put",
  "user.remove",
  "user_quota.edit",
  "session.stop",
  "clip.edit",
  "clip.remove",
  "clip.share",
  "post.remove",
  "store.repair",
]);
/** See {@link auditActionSchema}. */
export type AuditAction = z.infer<typeof auditActionSchema>;

/** One change that somebody with power made. */
export const auditEntrySchema = z.object({
  id: idSchema,
  atMs: instantSchema,
  actor: z.object({ userId: userIdSchema, name: z.string() }),
  /** An {@link auditActionSchema action}; `….failed`: the change that was written before it did not come to its end. A later server may know more of them. */
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

/** Query of `GET /admin/audit`: what is left out does not narrow it. */
export const auditQuerySchema = adminSessionQuerySchema.extend({
  kind: auditKindSchema.optional().describe("Only changes of this kind"),
  actorId: userIdSchema.optional().describe("Only changes that this user made"),
  fromMs: z.coerce.number().int().nonnegative().optional().describe("Only from this instant on (Unix time in ms)"),
  toMs: z.coerce.number().int().nonnegative().optional().describe("Only before this instant (Unix time in ms)"),
});
/** See {@link auditQuerySchema}. */
export type AuditQuery = z.infer<typeof auditQuerySchema>;
/** `GET /admin/audit`: the newest first. */
export const auditPageSchema = pageOf(auditEntrySchema);
/** See {@link auditPageSchema}. */
export type AuditPage = z.infer<typeof auditPageSchema>;

/**
 * What a check of the store can find. `leftover_tmp` an unfinished file of a dead writer; `unknown_pins`, `unknown_poster`, `unknown_mp4` a clip's files without a row;
 * `unfinished_deletion` a clip in state `deleting`; `files_gone` a clip without its bytes; `files_back` a `lost` clip whose bytes are there again;
 * `unknown_aac` an MP4 with AAC sound that no clip has; `stray_aac` one that nobody is charged for;
 * `mp4_missing` a `ready` clip that has only its pins; `row_behind` a `pinned` clip that has only its MP4; `size_mismatch` an MP4 of another size than its row says;
 * `dead_reservation` bytes reserved for a clip that never came; `dead_charge` bytes of a clip that is gone; `charge_missing` a clip that counts for too little;
 * `charge_too_high` for too much; `balance_wrong` a balance that is not the sum of its clips; `orphaned_session` a session's folder without a row, longer than the grace;
 * `foreign` not ours, or not whole: left alone; `unreadable` the file system refuses to show it.
 */
export const storeFindingKindSchema = z.enum([
  "leftover_tmp",
  "unknown_pins",
  "unknown_poster",
  "unknown_mp4",
  "unknown_aac",
  "stray_aac",
  "unfinished_deletion",
  "files_gone",
  "files_back",
  "mp4_missing",
  "row_behind",
  "size_mismatch",
  "dead_reservation",
  "dead_charge",
  "charge_missing",
  "charge_too_high",
  "balance_wrong",
  "orphaned_session",
  "foreign",
  "unreadable",
]);
/** See {@link storeFindingKindSchema}. */
export type StoreFindingKind = z.infer<typeof storeFindingKindSchema>;

/** One thing that the store's check found. */
export const storeFindingSchema = z.object({
  /** A {@link storeFindingKindSchema kind}. A later server may know more of them. */
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
