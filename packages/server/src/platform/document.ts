/**
 * How routes describe themselves in the OpenAPI document: schemas are those of the contract. What follows from the route's rule (who may call it, and the
 * refusals that come with that) is added from the table of rules; a route names only the refusals that are its own.
 */
import { applyDecorators } from "@nestjs/common";
import { ApiBody, ApiConsumes, ApiExtension, ApiHeader, ApiOperation, ApiParam, ApiResponse } from "@nestjs/swagger";
import type { ErrorCode } from "@livekit-replay/contract";
import type { z } from "zod";

/** What a route says of itself beside its answer. */
export interface Said {
  /** Its name in generated clients: a verb and a noun, `getClip`. Default: its handler's and its controller's name. */
  readonly id?: string;
  /** More than the summary's one sentence. */
  readonly description?: string;
  /** Refusals of its own: those of its rule, and of parameters and bodies that are not valid, go without saying. */
  readonly refuses?: readonly ErrorCode[];
  /** Headers of its answer by name, and what they say. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers that it reads. */
  readonly reads?: Readonly<Record<string, HeaderRead>>;
}

/** A request header. */
export interface HeaderRead {
  readonly description: string;
  readonly required?: boolean;
  /** JSON Schema of its text; default: any. */
  readonly schema?: Readonly<Record<string, unknown>>;
}

/** Extension that carries a route's own refusals to where the document is completed. */
export const refusesMark = "x-refuses";

function says(summary: string, { id, description, refuses = [], reads = {} }: Said): MethodDecorator {
  const headers = Object.entries(reads).map(([name, { description: about, required = false, schema }]) =>
    ApiHeader({ name, description: about, required, schema: { type: "string", ...schema } }),
  );
  const named = { summary, ...(id === undefined ? {} : { operationId: id }), ...(description === undefined ? {} : { description }) };
  return applyDecorators(ApiOperation(named), ApiExtension(refusesMark, [...refuses]), ...headers);
}

const headersOf = (headers: Said["headers"] = {}): Record<string, { description: string; schema: { type: "string" } }> =>
  Object.fromEntries(Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: "string" } }]));

/** A route's summary and the schema of its answer; null: an answer without a body. */
export function Answers(status: number, schema: z.ZodType | null, summary: string, said: Said = {}): MethodDecorator {
  const headers = headersOf(said.headers);
  const answer =
    schema === null
      ? ApiResponse({ status, description: "Done", headers })
      : ApiResponse({ status, description: "Answer", headers, standardSchema: schema });
  return applyDecorators(says(summary, said), answer);
}

/** Another status with a body of its own that a route answers with, beside refusals. */
export const AlsoAnswers = (status: number, schema: z.ZodType, description: string): MethodDecorator =>
  ApiResponse({ status, description, standardSchema: schema });

/** What a route sends beside what every route says. */
export interface Sent extends Said {
  /** Default: 200. */
  readonly status?: number;
  /** Of an event stream: the component that the `data` of each event is. */
  readonly event?: "RoomEvent" | "MeEvent";
}

/** A route that answers text of a media type. */
export function Sends(mediaType: string, summary: string, said: Sent = {}): MethodDecorator {
  const { status = 200, event } = said;
  const data = event && { contentMediaType: "application/json", contentSchema: { $ref: `#/components/schemas/${event}` } };
  const content = { [mediaType]: { schema: { type: "string", ...data } } };
  return applyDecorators(says(summary, said), ApiResponse({ status, description: "Content", headers: headersOf(said.headers), content }));
}

const validators = { ETag: "Validator of the file", "Last-Modified": "When it was made", "Cache-Control": "How long it may be kept" };
const conditions: Said["reads"] = {
  "If-None-Match": { description: "ETag of a file that is there already" },
  "If-Modified-Since": { description: "Last-Modified of a file that is there already" },
};

/** A route that answers a file: whole, in a range, or not at all when the caller has it already (RFC 9110, 13 and 14). */
export function SendsFile(mediaTypes: readonly string[], summary: string, said: Said = {}): MethodDecorator {
  const content = Object.fromEntries(mediaTypes.map((type) => [type, { schema: { type: "string", format: "binary" } }]));
  const headers = { "Accept-Ranges": "Whether ranges can be asked for", ...validators, ...said.headers };
  const part = { ...headers, "Content-Range": "Which bytes these are, of how many" };
  const range = { Range: { description: "One range of bytes", schema: { examples: ["bytes=0-1023"] } } };
  const reads = { ...range, "If-Range": { description: "ETag or date that the range is of" }, ...conditions, ...said.reads };
  return applyDecorators(
    says(summary, { ...said, refuses: ["range_not_satisfiable", "precondition_failed", ...(said.refuses ?? [])], reads }),
    ApiResponse({ status: 200, description: "The whole file", headers: headersOf(headers), content }),
    ApiResponse({ status: 206, description: "The range that was asked for", headers: headersOf(part), content }),
    ApiResponse({ status: 304, description: "The caller's copy is current", headers: headersOf(validators) }),
  );
}

const id = { type: "string", examples: ["Zx3qkP1uQ0mD5rT8vW2yAg"] };
const name = { type: "string", pattern: String.raw`^[^\u0000-\u001f\u007f-\u009f]{1,150}$` };
/** Addresses' parameters by name. Ids are no pattern here: what cannot be one is as unknown as any other. */
const inPath: Readonly<Record<string, { description: string; schema: Record<string, unknown> }>> = {
  roomName: {
    description: "The room's name: 1 to 150 bytes in UTF-8",
    schema: { ...name, examples: ["lobby"] },
  },
  sessionId: { description: "The session's id", schema: id },
  clipId: { description: "The clip's id", schema: id },
  publicationId: { description: "The publication's id, from the `Location` of its answer", schema: id },
  postId: { description: "The post's id", schema: id },
  communityId: { description: "The community's id", schema: { ...name, examples: ["demo"] } },
  channelId: { description: "The channel's id", schema: { ...name, examples: ["clips"] } },
  userId: { description: "The user's id (`sub` of tokens)", schema: { ...name, examples: ["alice"] } },
  role: { description: "The role's name", schema: { ...name, examples: ["member"] } },
  file: { description: "A name that a playlist has", schema: { type: "string", examples: ["init-0.mp4"] } },
};

/** A parameter of the address. */
export const InPath = (parameter: string): MethodDecorator => {
  const { description, schema } = inPath[parameter] ?? { description: parameter, schema: { type: "string" } };
  return ApiParam({ name: parameter, description, schema });
};

/** A body that is text of a media type. */
export const Takes = (mediaType: string): MethodDecorator =>
  applyDecorators(ApiConsumes(mediaType), ApiBody({ schema: { type: "string" } }));
