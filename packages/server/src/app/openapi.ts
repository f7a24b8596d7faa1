/** The OpenAPI document at `/openapi.json` and its reference page at `/docs`, made from the routes and the contract's schemas. */
import type { NestFastifyApplication } from "@nestjs/platform-fastify";
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from "@nestjs/swagger";
import { z } from "zod";

/** JSON Schema of a zod schema as OpenAPI 3.1 takes it (draft 2020-12), inline: no name can stand for two schemas. */
function jsonSchemaOf(schema: unknown, io: "input" | "output"): { schema: unknown } | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  const { $schema: _dialect, ...converted } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return { schema: converted };
}

/** The document. */
function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const info = new DocumentBuilder()
    .setTitle("livekit-replay")
    .setDescription("Instant replay for screen shares. Errors are `application/problem+json` (RFC 9457) with `code` and `requestId`.")
    .setVersion("0.1.0")
    .setOpenAPIVersion("3.1.0")
    .addBearerAuth({ type: "http", scheme: "bearer", bearerFormat: "JWT" })
    .build();
  return SwaggerModule.createDocument(app, info, { standardSchemaConverter: (schema, { schemaType }) => jsonSchemaOf(schema, schemaType) });
}

/** Serves document and page. After all routes are known. */
export function serveOpenApi(app: NestFastifyApplication): void {
  SwaggerModule.setup("docs", app, openApiDocument(app), {
    jsonDocumentUrl: "openapi.json",
    raw: ["json"],
    customSiteTitle: "livekit-replay API",
  });
}
