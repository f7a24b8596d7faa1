/**
 * Structured logs: JSON lines by pino. Room names, identities and user ids appear only as fields; tokens, signatures and keys never:
 * headers are not logged, and a `token` in an address is cut out.
 */
import type { LoggerService } from "@nestjs/common";
import { type DestinationStream, type Logger, pino } from "pino";
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
function loggableUrl(url: string): string {
  return url.replace(/([?&](?:token|access_token)=)[^&#]*/gi, `$1${removed}`);
}

/** One line for an answered request: no headers, no bodies. */
export interface AnsweredRequest {
  readonly requestId: string;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly ms: number;
}

/** Logs an answered request. What went wrong on our side is logged where it is handled. */
export function logAnswered(logger: Logger, { url, ...rest }: AnsweredRequest): void {
  logger.debug({ ...rest, url: loggableUrl(url) }, "request answered");
}

/** The framework's own messages: its account of its start is of use to nobody but who debugs it. */
export function frameworkLog(logger: Logger): LoggerService {
  const at =
    (level: "trace" | "debug" | "warn" | "error" | "fatal") =>
    (message: unknown, ...rest: unknown[]) => {
      const context = rest.at(-1);
      const err = message instanceof Error ? { err: message } : {};
      logger[level](
        { ...err, ...(typeof context === "string" ? { context } : {}) },
        message instanceof Error ? message.message : String(message),
      );
    };
  return { log: at("debug"), verbose: at("trace"), debug: at("trace"), warn: at("warn"), error: at("error"), fatal: at("fatal") };
}
