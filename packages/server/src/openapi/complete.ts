/** Completes the document: what follows from the table of rules is said at every operation, and every refusal has its status, its shape and its codes. */
import { type ErrorCode, errorCatalogue, errorCodeSchema, meEventSchema, problemSchema, roomEventSchema } from "@livekit-replay/contract";
import type { OpenAPIObject } from "@nestjs/swagger";
import { z } from "zod";
import { basePath, type Rule, ruleOf } from "../auth/rules.js";
import { refusesMark } from "../platform/document.js";
import { problemType } from "../platform/problem.js";
import { refusalsOf } from "./refusals.js";
import { convert } from "./schemas.js";

type Operation = NonNullable<OpenAPIObject["paths"][string]["get"]>;
type Responses = Record<string, unknown>;

const methods = ["get", "put", "post", "delete", "patch"] as const;

/** Chapters by the first words of addresses; the first that fits counts. */
const chapters: readonly { readonly tag: string; readonly at: RegExp; readonly about: string }[] = [
  { tag: "events", at: /^\/(rooms\/[^/]+|me)\/events$/, about: "What happens, as it happens: server-sent events" },
  {
    tag: "sessions",
    at: /^\/(start|stop|status|sessions)(\/|$)/,
    about: "Rolling recordings of shares: begin, end, look, play live and rewind",
  },
  { tag: "clips", at: /^\/(capture|my-clips|clips-of-me|clips)(\/|$)/, about: "What was kept: capture, library, files, sharing" },
  { tag: "channels", at: /^\/channels(\/|$)/, about: "Where clips are shared to" },
  { tag: "me", at: /^\/me(\/|$)/, about: "Who asks, and what they see and may do" },
  { tag: "whip", at: /^\/whip(\/|$)/, about: "Publishing a share without LiveKit (RFC 9725)" },
  { tag: "livekit", at: /^\/livekit(\/|$)/, about: "LiveKit's rooms" },
  { tag: "directory", at: /^\/directory(\/|$)/, about: "The built-in directory: communities, rooms, channels, roles, members" },
  { tag: "admin", at: /^\/admin(\/|$)/, about: "For who looks after communities and the server" },
  { tag: "demo", at: /^\/demo(\/|$)/, about: "Demo mode only" },
  { tag: "operations", at: /./, about: "Health" },
];

const tagOf = (path: string): string => {
  const below = path.startsWith(basePath) ? path.slice(basePath.length) : "";
  return (below === "" ? undefined : chapters.find(({ at }) => at.test(below))?.tag) ?? "operations";
};

function securityOf(rule: Rule): Record<string, string[]>[] {
  switch (rule.who) {
    case "anyone":
    case "demo":
    case "server":
      return [];
    case "metrics":
    case "person":
      return [{ bearer: [] }];
    case "person or link":
      return [{ bearer: [] }, { signedLink: [] }];
    default:
      return rule satisfies never;
  }
}

const named = (codes: readonly ErrorCode[]): string =>
  codes
    .map((code) =>
      code
        .split("_")
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
        .join(""),
    )
    .join("Or");

const text = (description: string): unknown => ({ description, schema: { type: "string" } });

/** The answer to a refusal with one of these codes, which have one status. */
function refusal(status: number, codes: readonly ErrorCode[]): unknown {
  const headers: Record<string, unknown> = { "X-Request-Id": text("What a search in the server's log needs") };
  if (status === 429 || status === 503 || status === 507)
    headers["Retry-After"] = { description: "Seconds after which trying again can help", schema: { type: "integer", minimum: 0 } };
  if (status === 401) headers["WWW-Authenticate"] = text("`Bearer`");
  if (status === 405) headers["Allow"] = text("Methods that are allowed");
  if (status === 416) headers["Content-Range"] = text("How many bytes the file has");
  return {
    description: codes.map((code) => `\`${code}\`: ${errorCatalogue[code].detail}`).join("\n\n"),
    headers,
    content: {
      [problemType]: {
        schema: { allOf: [{ $ref: "#/components/schemas/Problem" }], properties: { code: { type: "string", enum: [...codes] } } },
      },
    },
  };
}

const byStatus = (codes: readonly ErrorCode[]): Map<number, ErrorCode[]> =>
  Map.groupBy(codes, (code) => errorCatalogue[code].status as number);

/** Codes that a route names itself; they are said as answers, so the mark goes. */
function takeOwn(operation: Operation): ErrorCode[] {
  const marked = operation as unknown as Record<string, unknown>;
  const own = z.array(errorCodeSchema).parse(marked[refusesMark] ?? []);
  delete marked[refusesMark];
  return own;
}

function completeOperation(operation: Operation, method: string, path: string, answers: Map<string, unknown>): void {
  const pattern = path.replace(/\{(\w+)\}/g, ":$1");
  const rule = ruleOf(method.toUpperCase(), pattern);
  if (!rule) throw new Error(`the document has a route without a rule: ${method} ${pattern}`);
  const parameters = (operation.parameters ?? []) as { in: string }[];
  const codes = refusalsOf({
    method: method.toUpperCase(),
    rule,
    hasBody: operation.requestBody !== undefined,
    hasParameters: parameters.some((parameter) => parameter.in !== "header"),
    own: takeOwn(operation),
  });
  operation.tags = [tagOf(path)];
  operation.security = securityOf(rule);
  const responses = operation.responses as Responses;
  for (const [status, ofStatus] of byStatus(codes)) {
    if (responses[status] !== undefined) continue;
    answers.set(named(ofStatus), refusal(status, ofStatus));
    responses[status] = { $ref: `#/components/responses/${named(ofStatus)}` };
  }
}

/** Says at every operation of a document what follows from its rule, and settles what the document has in common. */
export function complete(document: OpenAPIObject): OpenAPIObject {
  const answers = new Map<string, unknown>();
  for (const [path, item] of Object.entries(document.paths))
    for (const method of methods) {
      const operation = item[method];
      if (operation) completeOperation(operation, method, path, answers);
    }
  const used = new Set(Object.keys(document.paths).map(tagOf));
  const shared = [problemSchema, roomEventSchema, meEventSchema].map((schema) => convert(schema, "output")?.components);
  return {
    ...document,
    tags: chapters.filter(({ tag }) => used.has(tag)).map(({ tag, about }) => ({ name: tag, description: about })),
    components: {
      ...document.components,
      schemas: { ...document.components?.schemas, ...(Object.assign({}, ...shared) as Record<string, never>) },
      responses: Object.fromEntries([...answers].toSorted(([one], [other]) => one.localeCompare(other))) as Record<string, never>,
    },
  };
}
