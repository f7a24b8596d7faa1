/** What comes in is judged by the zod schemas of the contract; what is wrong is named field by field. */
import { StandardSchemaValidationPipe } from "@nestjs/common";
import { ReplayError } from "@livekit-replay/contract";

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** At most so many wrong fields are named: an answer stays small whatever was sent. */
const mostIssues = 20;

const fieldOf = (issue: Issue): string => (issue.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join(".");

/** The refusal for what a schema found. */
export function invalidRequest(issues: readonly Issue[]): ReplayError {
  const errors = issues.slice(0, mostIssues).map((issue) => ({ field: fieldOf(issue), message: issue.message }));
  const detail = errors.map(({ field, message }) => (field === "" ? message : `${field}: ${message}`)).join("; ");
  return new ReplayError("invalid_request", { detail: detail || "The request is not valid", errors });
}

/** The pipe that every parameter with a schema goes through. */
export const validationPipe = (): StandardSchemaValidationPipe => new StandardSchemaValidationPipe({ exceptionFactory: invalidRequest });
