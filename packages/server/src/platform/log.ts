/**
 * Structured logs: JSON lines by pino. Room names, identities and user ids appear only as fields; tokens, signatures and keys never:
 * headers are not logged, and a `token` in an address is cut out.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { DestinationStream, Logger } from "pino";
import { pino } from "pino";
import type { Options } from "pino-http";
import type { Config } from "../config/read.js";

const secretFields = ["token", "authorization", "secret", "password", "sdp", "signature"];
const removed = "[removed]";

/** Fields that must never be written, at the top and one level below. */
const redactPaths = secretFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/**
 * The server's logger.
 * @param destination where lines go; default is standard output
 */
export function createLogger(level: Config["logLevel"], destination?: DestinationStream): Logger {
  const options = { level, base: null, redact: { paths: redactPaths, censor: removed } };
  return destination ? pino(options, destination) : pino(options);
}

/** An address without what is secret in it. */
export function loggableUrl(url: string): string {
  return url.replace(/([?&](?:token|access_token)=)[^&#]*/gi, `$1${removed}`);
}

/** The raw request as Fastify and pino-http pass it on: its `id` is put on it when it arrives. */
export interface LoggedIncoming extends IncomingMessage {
  originalUrl?: string;
}

interface LoggedRequest {
  readonly id: unknown;
  readonly method: string;
  readonly url: string;
}

/** How requests are logged: one line when the answer is out, without headers and bodies. */
export function requestLogOptions(logger: Logger): Options<LoggedIncoming, ServerResponse> {
  return {
    logger,
    genReqId: (request) => request.id,
    quietReqLogger: true,
    customLogLevel: (_request, response, error) => (error || response.statusCode >= 500 ? "error" : "debug"),
    customSuccessMessage: () => "request answered",
    customErrorMessage: () => "request failed",
    wrapSerializers: false,
    serializers: {
      req: (request: LoggedIncoming): LoggedRequest => ({ id: request.id, method: request.method ?? "", url: loggableUrl(request.originalUrl ?? request.url ?? "") }),
      res: (response: ServerResponse) => ({ statusCode: response.statusCode }),
    },
  };
}
