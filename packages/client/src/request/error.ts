/** What goes wrong with a request, as callers meet it: the server's refusal, or no answer that could be read. */
import { problemSchema, ReplayError, type ErrorCode, type Problem } from "@livekit-replay/contract";

/** The server said no. `code`, `status` and `message` are the catalogue's (RFC 9457 answer); `requestId` is what a log search needs. */
export class RefusedError extends ReplayError {
  readonly requestId: string;

  constructor(problem: Problem, retryAfterSeconds: number | undefined) {
    super(problem.code, {
      detail: problem.detail,
      ...(problem.errors === undefined ? {} : { errors: problem.errors }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
    this.requestId = problem.requestId;
  }
}

/** `network`: no connection; `timeout`: no answer in time; `unexpected`: an answer that is not this API's; `token`: no access token could be had in time, nothing was sent. */
export type UnreachableReason = "network" | "timeout" | "unexpected" | "token";

/** No usable answer came. Whether the server did what was asked is not known. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
  readonly reason: UnreachableReason;

  constructor(reason: UnreachableReason, message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}

/** True for a refusal with this code of the catalogue. */
export const isRefusal = (error: unknown, code: ErrorCode): error is ReplayError => error instanceof ReplayError && error.code === code;

/** `Retry-After` in seconds, or as an HTTP date (RFC 9110, 10.2.3). */
const retryAfter = (header: string | null, nowMs: number): number | undefined => {
  if (header === null) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - nowMs) / 1000);
};

/** Reads an answer that is not 2xx. Always gives an error, whatever stands in the body. */
export const readRefusal = async (response: Response): Promise<RefusedError | UnreachableError> => {
  const status = `HTTP ${response.status}`;
  let body: unknown;
  try {
    body = await response.json();
  } catch (cause) {
    return new UnreachableError("unexpected", `The server answered ${status} without saying why`, cause);
  }
  const problem = problemSchema.safeParse(body);
  if (!problem.success)
    return new UnreachableError("unexpected", `The server answered ${status} in a form that is not known here`, problem.error);
  return new RefusedError(problem.data, retryAfter(response.headers.get("retry-after"), Date.now()));
};
