/** What servers ask and tell each other. For nobody else: every request is signed. */
import { Body, Controller, Get, Headers, HttpCode, Post, Query, Req } from "@nestjs/common";
import { ApiExcludeController } from "@nestjs/swagger";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { basePath } from "../auth/rules.js";
import { ServerAnswers } from "./answers.js";
import { PassOn } from "./pass-on.js";
import { signatureHeader } from "./signature.js";

const publicationsSchema = z.object({ publicationId: z.string().optional(), userId: z.string().optional() });
const presenceSchema = z.object({ roomName: z.string(), userId: z.string() });

/** Answers other servers. */
@ApiExcludeController()
@Controller(`${basePath}/servers`)
export class ServersController {
  readonly #answers: ServerAnswers;
  readonly #passOn: PassOn;

  constructor(answers: ServerAnswers, passOn: PassOn) {
    this.#answers = answers;
    this.#passOn = passOn;
  }

  @Get("alive")
  alive(@Headers(signatureHeader) question: string): { id: string; answer: string } {
    return this.#answers.alive(question);
  }

  @Get("publications")
  publications(@Query({ schema: publicationsSchema }) query: z.output<typeof publicationsSchema>): { has: boolean } {
    return this.#answers.has(query);
  }

  @Get("presence")
  presence(@Query({ schema: presenceSchema }) { roomName, userId }: z.output<typeof presenceSchema>): { isIn: boolean } {
    return this.#answers.isIn(roomName, userId);
  }

  @Post("events")
  @HttpCode(204)
  events(@Body() body: string, @Req() request: FastifyRequest): void {
    this.#answers.hear(body, this.#passOn.askingServer(request));
  }

  @Post("end")
  @HttpCode(204)
  end(@Body() body: string): Promise<void> {
    return this.#answers.end(body);
  }
}
