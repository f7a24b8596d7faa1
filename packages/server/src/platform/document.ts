/** How routes describe themselves in the OpenAPI document: schemas are those of the contract, errors are problems. */
import { applyDecorators } from "@nestjs/common";
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiParam, ApiQuery, ApiResponse } from "@nestjs/swagger";
import { problemSchema } from "@livekit-replay/contract";
import type { z } from "zod";
import { problemType } from "./problem.js";

const problem = ApiResponse({
  status: "4XX",
  description: "A refusal (RFC 9457) with `code` and `requestId`",
  standardSchema: problemSchema,
  type: problemType,
});

/** A route's summary and the schema of its answer; null: an answer without a body. */
export function Answers(status: number, schema: z.ZodType | null, summary: string): MethodDecorator {
  const answer =
    schema === null ? ApiResponse({ status, description: "Done" }) : ApiResponse({ status, description: "Answer", standardSchema: schema });
  return applyDecorators(ApiOperation({ summary }), answer, problem, ApiBearerAuth());
}

/** A route that answers a file or a stream. */
export function Sends(mediaType: string, summary: string): MethodDecorator {
  const answer = ApiResponse({ status: 200, description: "Content", content: { [mediaType]: { schema: { type: "string" } } } });
  return applyDecorators(ApiOperation({ summary }), answer, problem, ApiBearerAuth());
}

/** A route that takes a signed link too. */
export const TakesLink = (): MethodDecorator =>
  ApiQuery({ name: "token", required: false, description: "Signed link, in place of the Bearer token", schema: { type: "string" } });

/** A parameter of the address that the guard reads (the handler gets the thing that it names). */
export const InPath = (name: string): MethodDecorator => ApiParam({ name, schema: { type: "string" } });

/** A body that is text of a media type. */
export const Takes = (mediaType: string): MethodDecorator =>
  applyDecorators(ApiConsumes(mediaType), ApiBody({ schema: { type: "string" } }));
