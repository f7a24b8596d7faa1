/** The one exception filter: whatever a handler, a guard, a pipe or the framework throws is answered as a problem and, when it is our fault, logged once. */
import { type ArgumentsHost, Catch, type ExceptionFilter } from "@nestjs/common";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { AnsweredElsewhere } from "./elsewhere.js";
import { asReplayError, problemOf, problemType } from "./problem.js";

/** Answers errors; see `problem.ts` for their shape. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** The same for errors that arise outside of Nest (the page, a malformed address). */
  answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    if (thrown instanceof AnsweredElsewhere) {
      const { status, headers, body } = thrown;
      void reply
        .code(status)
        .headers(headers)
        .send(body.length === 0 ? undefined : body);
      return;
    }
    const error = asReplayError(thrown);
    if (error.status >= 500) this.#logger.error({ err: thrown, code: error.code, requestId: request.id }, "request refused by an error");
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    const { status, headers, body } = problemOf(error, request.id);
    void reply
      .code(status)
      .headers({ ...headers, "x-request-id": request.id })
      .type(problemType)
      .send(JSON.stringify(body));
  }
}
