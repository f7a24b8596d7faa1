/** Every error becomes one shape on the wire: `application/problem+json` (RFC 9457) with `code` and `requestId`. Nothing of the inside leaks. */
import { HttpException } from "@nestjs/common";
import { errorCatalogue, type ErrorCode, type Problem, ReplayError } from "@livekit-replay/contract";
import { z } from "zod";

/** An answer for an error: status, body, and the headers that belong to it. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Problem;
}

/** Errors of the HTTP framework, by its own codes. */
const frameworkCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "body_too_large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported_media_type",
  FST_ERR_CTP_INVALID_JSON_BODY: "invalid_request",
  FST_ERR_CTP_EMPTY_JSON_BODY: "invalid_request",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "invalid_request",
  FST_ERR_BAD_URL: "invalid_request",
  FST_ERR_MAX_PARAM_LENGTH: "invalid_request",
};

const statusCodes: Readonly<Record<number, ErrorCode>> = {
  400: "invalid_request",
  401: "unauthenticated",
  403: "permission_denied",
  404: "route_not_found",
  405: "method_not_allowed",
  412: "precondition_failed",
  413: "body_too_large",
  414: "invalid_request",
  415: "unsupported_media_type",
  416: "range_not_satisfiable",
  429: "rate_limited",
};

const foreignSchema = z.object({ code: z.string().optional().catch(undefined), statusCode: z.number().optional().catch(undefined) });

function codeOf(error: unknown): ErrorCode {
  if (error instanceof HttpException) return statusCodes[error.getStatus()] ?? "internal";
  const foreign = foreignSchema.safeParse(error);
  if (!foreign.success) return "internal";
  const { code = "", statusCode = 500 } = foreign.data;
  return frameworkCodes[code] ?? statusCodes[statusCode] ?? "internal";
}

/** Translates what somebody else threw; an error of the catalogue is answered as it is. */
export function asReplayError(error: unknown): ReplayError {
  if (error instanceof ReplayError) return error;
  const code = codeOf(error);
  if (code === "invalid_request")
    return new ReplayError(code, { detail: "The request is not valid: its address, its headers or its body cannot be read", cause: error });
  return new ReplayError(code, { cause: error });
}

const retryAfterSeconds = (error: ReplayError): number | undefined => {
  if (error.retryAfterSeconds !== undefined) return error.retryAfterSeconds;
  return ["recorder_unavailable", "directory_unavailable", "database_unavailable"].includes(error.code) ? 2 : undefined;
};

/** The answer for an error. */
export function problemOf(error: ReplayError, requestId: string): ProblemAnswer {
  const retryAfter = retryAfterSeconds(error);
  const headers: Record<string, string> = { "cache-control": "no-store" };
  if (retryAfter !== undefined) headers["retry-after"] = String(Math.ceil(retryAfter));
  if (error.code === "unauthenticated") headers["www-authenticate"] = "Bearer";
  return {
    status: error.status,
    headers,
    body: {
      type: "about:blank",
      title: errorCatalogue[error.code].detail,
      status: error.status,
      detail: error.message,
      code: error.code,
      requestId,
      ...(error.errors ? { errors: error.errors } : {}),
    },
  };
}

/** Media type of an error's body. */
export const problemType = "application/problem+json";
