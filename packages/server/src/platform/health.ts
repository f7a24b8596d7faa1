/** What the server says about its own health: every feature adds its part. */
import { Controller, Get, Res } from "@nestjs/common";
import { type Health, healthSchema } from "@livekit-replay/contract";
import { HealthCheckService, HealthIndicatorService, type HealthIndicatorFunction } from "@nestjs/terminus";
import type { FastifyReply } from "fastify";
import { z } from "zod";
import { AlsoAnswers, Answers } from "./document.js";

/** One part's health. */
export interface PartHealth {
  readonly status: "ok" | "degraded" | "down";
  readonly detail?: string | undefined;
}

const checkLimitMs = 3000;

/** The parts that are asked. */
export class HealthParts {
  readonly #checks = new Map<string, () => Promise<PartHealth>>();

  /** A check that throws, or does not answer within 3 s, means `down`. */
  add(name: string, check: () => Promise<PartHealth>): void {
    this.#checks.set(name, check);
  }

  /** All checks by name. */
  get checks(): ReadonlyMap<string, () => Promise<PartHealth>> {
    return this.#checks;
  }
}

const detailsSchema = z.record(z.string(), z.object({ status: z.enum(["up", "degraded", "down"]), message: z.string().optional() }));

function limited(check: () => Promise<PartHealth>): Promise<PartHealth> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ status: "down", detail: "does not answer" }), checkLimitMs);
    const answer = check().catch((): PartHealth => ({ status: "down", detail: "cannot be reached" }));
    void answer.then(resolve).finally(() => clearTimeout(timer));
  });
}

/** `GET /healthz`: the process answers, and what is amiss; `GET /readyz`: 503 while a part is down. */
@Controller()
export class HealthController {
  readonly #service: HealthCheckService;
  readonly #indicators: HealthIndicatorService;
  readonly #parts: HealthParts;

  constructor(service: HealthCheckService, indicators: HealthIndicatorService, parts: HealthParts) {
    this.#service = service;
    this.#indicators = indicators;
    this.#parts = parts;
  }

  @Get("healthz")
  @Answers(200, healthSchema, "The server answers; what is amiss is named", { id: "getHealth" })
  healthz(): Promise<Health> {
    return this.#health();
  }

  @Get("readyz")
  @Answers(200, healthSchema, "Everything that requests need is there", { id: "getReadiness" })
  @AlsoAnswers(503, healthSchema, "A part that requests need is down")
  async readyz(@Res({ passthrough: true }) reply: FastifyReply): Promise<Health> {
    const health = await this.#health();
    if (health.status === "down") reply.code(503);
    return health;
  }

  async #health(): Promise<Health> {
    const functions = [...this.#parts.checks].map(([name, check]) => this.#indicator(name, check));
    // Terminus throws its result when a part is down; the answer's shape is ours either way.
    const details = await this.#service.check(functions).then(
      (result) => detailsSchema.parse(result.details),
      (error: unknown) => detailsSchema.parse(z.object({ response: z.object({ details: z.unknown() }) }).parse(error).response.details),
    );
    const parts: Health["parts"] = {};
    for (const [name, { status, message }] of Object.entries(details))
      parts[name] = { status: status === "up" ? "ok" : status, ...(message === undefined ? {} : { detail: message }) };
    const found = Object.values(parts).map((part) => part.status);
    return { status: found.includes("down") ? "down" : found.includes("degraded") ? "degraded" : "ok", parts };
  }

  #indicator(name: string, check: () => Promise<PartHealth>): HealthIndicatorFunction {
    return async () => {
      const { status, detail } = await limited(check);
      const session = this.#indicators.check(name);
      const data = detail === undefined ? undefined : { message: detail };
      if (status === "ok") return session.up(data);
      return status === "degraded" ? session.degraded(data) : session.down(data);
    };
  }
}
