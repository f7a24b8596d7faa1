/**
 * Schemas of the contract as JSON Schema (draft 2020-12, as OpenAPI 3.1 takes it). What the contract exports under a name has that name in the document:
 * `clipSchema` is the component `Clip`. A schema that reads differently in requests (defaults may be left out there) and in answers is two components, `X` and `XInput`.
 */
import * as contract from "@livekit-replay/contract";
import type { OpenAPIObject } from "@nestjs/swagger";
import { z } from "zod";

/** What a converted schema brings along. */
export interface Converted {
  readonly schema: unknown;
  readonly components: Record<string, unknown>;
}

type Json = Record<string, unknown>;

const names = z.registry<{ id: string }>();
for (const [name, schema] of Object.entries(contract)) if (isNamed(name, schema)) names.add(schema, { id: componentName(name) });

/** Queries are spread into parameters, and plain texts and numbers say more where they stand than behind a name. */
function isNamed(name: string, schema: unknown): schema is z.ZodType {
  if (!/[a-z]Schema$/.test(name) || name.endsWith("QuerySchema")) return false;
  const named = schema instanceof z.ZodObject || schema instanceof z.ZodEnum || schema instanceof z.ZodDiscriminatedUnion;
  return named && !names.has(schema);
}

function componentName(name: string): string {
  const stem = name.replace(/Schema$/, "");
  return `${stem.charAt(0).toUpperCase()}${stem.slice(1)}`;
}

/** Marks a component as read in requests, until it is known whether it differs from that of answers. */
const requestMark = "__request";

/** Control characters as ranges: other languages' expressions do not know the class. Halves of characters cannot stand in UTF-8 at all. */
const portable = (pattern: string): string =>
  pattern.replaceAll(String.raw`\p{Cc}`, String.raw`\u0000-\u001f\u007f-\u009f`).replaceAll(String.raw`\p{Cs}`, "");

const isTrimmed = (schema: z.core.$ZodType): boolean => {
  const checks: readonly { readonly _zod: { readonly def: { readonly check: string } } }[] = schema._zod.def.checks ?? [];
  return checks.some(({ _zod }) => _zod.def.check === "overwrite");
};

/** What zod cannot say by itself, or says in a way that generators stumble over. */
function refine(schema: z.core.$ZodType, json: Json, io: "input" | "output"): void {
  // What the contract says of a schema beside its type: its description, and in JSON Schema what only code judges.
  Object.assign(json, z.globalRegistry.get(schema));
  if (typeof json["pattern"] === "string") json["pattern"] = portable(json["pattern"]);
  if (json["type"] === "string" && isTrimmed(schema) && Number(json["minLength"] ?? 0) > 0) mustHaveText(json);
  if (json["type"] === "integer") sizeOf(json, io);
}

/** Spaces around it are dropped before its length counts. */
function mustHaveText(json: Json): void {
  if (json["pattern"] === undefined) json["pattern"] = String.raw`\S`;
  else json["allOf"] = [{ pattern: String.raw`\S` }];
}

/** Many generators make 32 bits of an integer that does not say more. */
function sizeOf(json: Json, io: "input" | "output"): void {
  if (json["minimum"] === Number.MIN_SAFE_INTEGER) delete json["minimum"];
  const wide = json["maximum"] === undefined || Number(json["maximum"]) > 2 ** 31 - 1;
  if (json["maximum"] === Number.MAX_SAFE_INTEGER && io === "output") delete json["maximum"];
  if (wide) json["format"] = "int64";
}

/** A zod schema as JSON Schema; undefined when it is none. */
export function convert(schema: unknown, io: "input" | "output"): Converted | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  const converted = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    metadata: names,
    override: ({ zodSchema, jsonSchema }) => refine(zodSchema, jsonSchema as Json, io),
  });
  const mark = io === "output" ? "" : requestMark;
  const marked = JSON.stringify(converted).replace(/"#\/\$defs\/([^"]+)"/g, `"#/components/schemas/$1${mark}"`);
  const { $schema: _dialect, $defs = {}, ...body } = JSON.parse(marked) as Json & { $defs?: Record<string, Json> };
  const components = Object.entries($defs).map(([name, { id: _id, ...definition }]) => [`${name}${mark}`, definition]);
  return { schema: body, components: Object.fromEntries(components) as Record<string, unknown> };
}

/** Settles the names of components that stand in requests: the plain one, unless answers have another shape under it. */
export function settleNames(document: OpenAPIObject): OpenAPIObject {
  const schemas = { ...document.components?.schemas } as Record<string, unknown>;
  const settled = new Map<string, string>();
  for (const marked of Object.keys(schemas).filter((name) => name.endsWith(requestMark))) {
    const name = marked.slice(0, -requestMark.length);
    const same = JSON.stringify(schemas[marked]) === JSON.stringify(schemas[name]);
    settled.set(marked, schemas[name] === undefined || same ? name : `${name}Input`);
  }
  const text = JSON.stringify(document).replace(/\w+__request/g, (marked) => settled.get(marked) ?? marked);
  return JSON.parse(text) as OpenAPIObject;
}
