/** `GET /metrics`: for Prometheus. */
import { Controller, Get, Res } from "@nestjs/common";
import { ApiExcludeEndpoint } from "@nestjs/swagger";
import type { FastifyReply } from "fastify";
import { Metrics } from "./metrics.js";

/** The route of the metrics; asks for `METRICS_TOKEN` when it is set. */
@Controller()
export class MetricsController {
  readonly #metrics: Metrics;

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  @Get("metrics")
  @ApiExcludeEndpoint()
  async text(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { type, text } = await this.#metrics.text();
    reply.header("cache-control", "no-store").type(type);
    return text;
  }
}
