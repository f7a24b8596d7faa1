/** What servers ask and tell each other. For nobody else: every request is signed. */
import { Body, Controller, Get, Headers, HttpCode, Post, Query, Req } from "@nestjs/common";
import { ApiExcludeController } from "@nestjs/swagger";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { basePath } from "../auth/rules.js";
import { Presence } from "../events/presence.js";
import { Publications } from "../sessions/publications.js";
import { PassOn } from "./pass-on.js";
import { EventRelay } from "./relay.js";
import { Servers } from "./servers.js";
import { signatureHeader, ServerSigner } from "./signature.js";

const publicationsSchema = z.object({ publicationId: z.string().optional(), userId: z.string().optional() });
const presenceSchema = z.object({ roomName: z.string(), userId: z.string() });

/** Answers other servers. */
@ApiExcludeController()
@Controller(`${basePath}/servers`)
export class ServersController {
  readonly #servers: Servers;
  readonly #signer: ServerSigner;
  readonly #relay: EventRelay;
  readonly #publications: Publications;
  readonly #presence: Presence;
  readonly #passOn: PassOn;

  constructor(servers: Servers, signer: ServerSigner, relay: EventRelay, publications: Publications, presence: Presence, passOn: PassOn) {
    this.#servers = servers;
    this.#signer = signer;
    this.#relay = relay;
    this.#publications = publications;
    this.#presence = presence;
    this.#passOn = passOn;
  }

  @Get("alive")
  alive(@Headers(signatureHeader) question: string): { id: string; answer: string } {
    const { id } = this.#servers;
    return { id, answer: this.#signer.answer(question, id) };
  }

  @Get("publications")
  publications(@Query({ schema: publicationsSchema }) { publicationId, userId }: z.output<typeof publicationsSchema>): { has: boolean } {
    const publications = this.#publications;
    if (publicationId !== undefined) return { has: publications.ownerOf(publicationId) !== null };
    return { has: userId !== undefined && publications.ofUser(userId) !== null };
  }

  @Get("presence")
  presence(@Query({ schema: presenceSchema }) { roomName, userId }: z.output<typeof presenceSchema>): { isIn: boolean } {
    return { isIn: this.#presence.isIn(roomName, userId) };
  }

  @Post("events")
  @HttpCode(204)
  events(@Body() body: string, @Req() request: FastifyRequest): void {
    this.#relay.hear(body, this.#passOn.askingServer(request));
  }
}
