/**
 * The error catalogue: every refusal that a client can see, with its code, HTTP status, sentence and whether trying again can help.
 * Domain code throws `ReplayError`; one exception filter turns it into `application/problem+json` (RFC 9457) plus `code` and `requestId`.
 */
import { z } from "zod";

interface CatalogueEntry {
  readonly status: number;
  /** The sentence for the person; a `ReplayError` may say more where the catalogue leaves it open. */
  readonly detail: string;
  readonly retryable: boolean;
}

/** Code to status and sentence. The sentences are what people search for: keep them exactly. */
export const errorCatalogue = {
  already_active: { status: 409, detail: "User already has an active replay buffer", retryable: false },
  community_limit: { status: 429, detail: "Community replay buffer limit reached", retryable: true },
  permission_denied: { status: 403, detail: "Permission denied", retryable: false },
  no_segments: { status: 404, detail: "No segments found", retryable: true },
  concatenation_failed: { status: 500, detail: "FFmpeg concatenation failed", retryable: true },
  quota_exceeded: { status: 507, detail: "User quota exceeded", retryable: false },
  disk_full: { status: 507, detail: "Storage is full", retryable: true },
  community_disabled: { status: 403, detail: "Replay buffer is disabled in this community", retryable: false },
  directory_unavailable: { status: 503, detail: "The host application cannot be reached", retryable: true },
  encrypted_room: { status: 422, detail: "Encrypted rooms cannot be recorded (their keys are not known to the server)", retryable: false },
  not_sharing: { status: 409, detail: "User is not sharing their screen", retryable: true },
  session_not_found: { status: 404, detail: "Session not found", retryable: false },
  clip_not_found: { status: 404, detail: "Clip not found", retryable: false },
  channel_not_found: { status: 404, detail: "Channel not found", retryable: false },
  room_not_found: { status: 404, detail: "Room not found", retryable: false },
  community_not_found: { status: 404, detail: "Community not found", retryable: false },
  post_not_found: { status: 404, detail: "Post not found", retryable: false },
  user_not_found: { status: 404, detail: "User not found", retryable: false },
  role_not_found: { status: 404, detail: "Role not found", retryable: false },
  member_not_found: { status: 404, detail: "Member not found", retryable: false },
  belongs_elsewhere: { status: 409, detail: "It belongs to another community: remove it there first", retryable: false },
  directory_of_host: { status: 409, detail: "The directory is the host application's: change it there", retryable: false },
  publication_not_found: { status: 404, detail: "Publication not found", retryable: false },
  route_not_found: { status: 404, detail: "There is nothing at this address", retryable: false },
  not_ready: { status: 503, detail: "The file is still being made", retryable: true },
  recorder_unavailable: { status: 503, detail: "Recorder is not available", retryable: true },
  unsupported_codec: { status: 422, detail: "The codec cannot be kept", retryable: false },
  invalid_request: { status: 400, detail: "The request is not valid", retryable: false },
  invalid_sdp: { status: 400, detail: "The body is not an SDP offer", retryable: false },
  precondition_failed: { status: 412, detail: "The resource has changed since (ETag does not match)", retryable: false },
  precondition_required: { status: 428, detail: "The request needs an If-Match header with the resource's ETag", retryable: false },
  ice_restart_unsupported: { status: 422, detail: "ICE cannot be restarted here: publish again", retryable: false },
  method_not_allowed: { status: 405, detail: "This method is not allowed at this address", retryable: false },
  unsupported_media_type: { status: 415, detail: "The content type is not supported here", retryable: false },
  range_not_satisfiable: { status: 416, detail: "The range lies outside of the file", retryable: false },
  body_too_large: { status: 413, detail: "The request body is larger than 64 KB", retryable: false },
  unauthenticated: { status: 401, detail: "A valid access token is required", retryable: false },
  rate_limited: { status: 429, detail: "Too many requests", retryable: true },
  database_unavailable: { status: 503, detail: "The database cannot be reached", retryable: true },
  internal: { status: 500, detail: "Something went wrong on the server", retryable: true },
} as const satisfies Record<string, CatalogueEntry>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof errorCatalogue;

const codes = Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]];
/** A code of the catalogue, as it stands in answers. */
export const errorCodeSchema = z.enum(codes);

/** The body of every error answer (RFC 9457). */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: errorCodeSchema,
  requestId: z.string(),
  /** `invalid_request`: each wrong field and what it must be. */
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** What a `ReplayError` may say beyond its code. */
export interface ReplayErrorOptions {
  /** Replaces the catalogue's sentence where it must name something (a codec, a field). */
  readonly detail?: string;
  readonly errors?: { field: string; message: string }[];
  /** Seconds for `Retry-After`. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** An expected refusal. Thrown by domain code, translated once at the edge. */
export class ReplayError extends Error {
  override readonly name = "ReplayError";
  readonly code: ErrorCode;
  readonly errors: { field: string; message: string }[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, options: ReplayErrorOptions = {}) {
    super(options.detail ?? errorCatalogue[code].detail, { cause: options.cause });
    this.code = code;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }
}
