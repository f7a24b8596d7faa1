/** The OpenAPI document at `/openapi.json` and its reference page at `/docs`, made from the routes, the table of rules and the contract's schemas. */
import type { NestFastifyApplication } from "@nestjs/platform-fastify";
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from "@nestjs/swagger";
import { complete } from "../openapi/complete.js";
import { convert, settleNames } from "../openapi/schemas.js";

const about = [
  "Instant replay for screen shares: while somebody shares a screen, the last minutes are always kept; one request turns them into a clip.",
  "`POST /capture` needs the id of a session: `GET /status/{roomName}` lists those of a room.",
  "Times are Unix time in ms by the server's clock, lengths are in ms. Errors are `application/problem+json` (RFC 9457) with `code` and `requestId`.",
].join("\n\n");

const link =
  "The `token` of a link that an answer contained: good for one clip or session, for at most an hour, in place of the Bearer token";

/**
 * The document.
 * @param publicUrl `PUBLIC_URL`; null: addresses are relative to where the document lies.
 */
function openApiDocument(app: NestFastifyApplication, publicUrl: string | null): OpenAPIObject {
  const info = new DocumentBuilder()
    .setTitle("livekit-replay")
    .setDescription(about)
    .setVersion("0.1.0")
    .setLicense("Apache-2.0", "https://www.apache.org/licenses/LICENSE-2.0")
    .setOpenAPIVersion("3.1.0")
    .addServer(publicUrl ?? "/")
    .addBearerAuth({ type: "http", scheme: "bearer", bearerFormat: "JWT", description: "An access token: `sub` and `exp` are required" })
    .addApiKey({ type: "apiKey", in: "query", name: "token", description: link }, "signedLink")
    .build();
  const document = SwaggerModule.createDocument(app, info, {
    standardSchemaConverter: (schema, { schemaType }) => convert(schema, schemaType),
    operationIdFactory: (controller, method) => `${method}${controller.replace(/Controller$/, "")}`,
    autoTagControllers: false,
  });
  return settleNames(complete(document));
}

/** Serves document and page. After all routes are known. */
export function serveOpenApi(app: NestFastifyApplication, publicUrl: string | null): void {
  SwaggerModule.setup("docs", app, openApiDocument(app, publicUrl), {
    jsonDocumentUrl: "openapi.json",
    raw: ["json"],
    customSiteTitle: "livekit-replay API",
  });
}
