/** This application's own routes, behind its own guard: sign in, read a channel. */
import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  NotFoundException,
  Param,
  Post,
  UnauthorizedException,
  UseGuards,
} from "@nestjs/common";
import { randomBytes } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { Chat, type Message } from "./chat.js";
import { Club, type ClubPerson } from "./club.js";
import { ReplayTokens } from "./replay-tokens.js";

/** Who is signed in, by the key that they got. */
@Injectable()
export class SignedIn {
  readonly #keys = new Map<string, string>();

  add(person: ClubPerson): string {
    const key = randomBytes(24).toString("base64url");
    this.#keys.set(key, person.id);
    return key;
  }

  userId(header: string | undefined): string | null {
    return this.#keys.get(header?.replace(/^Bearer /, "") ?? "") ?? null;
  }
}

/** The application's own guard: it never sees a request for livekit-replay. */
@Injectable()
export class SignedInGuard implements CanActivate {
  readonly #signedIn: SignedIn;
  readonly #club: Club;

  constructor(signedIn: SignedIn, club: Club) {
    this.#signedIn = signedIn;
    this.#club = club;
  }

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const userId = this.#signedIn.userId(headers.authorization);
    return userId !== null && (this.#club.person(userId)?.rank ?? null) !== null;
  }
}

const signInSchema = z.object({ user: z.string(), password: z.string() });

/** `POST /chat/sign-in`, `GET /chat/channels/:id/messages`. */
@Controller("chat")
export class ChatController {
  readonly #club: Club;
  readonly #chat: Chat;
  readonly #signedIn: SignedIn;
  readonly #tokens: ReplayTokens;

  constructor(club: Club, chat: Chat, signedIn: SignedIn, tokens: ReplayTokens) {
    this.#club = club;
    this.#chat = chat;
    this.#signedIn = signedIn;
    this.#tokens = tokens;
  }

  /** A key for this application, and a token for livekit-replay: the page uses both. */
  @Post("sign-in")
  async signIn(@Body() body: unknown): Promise<{ key: string; replayToken: string }> {
    const { data } = signInSchema.safeParse(body);
    const person = data ? this.#club.signIn(data.user, data.password) : null;
    if (!person) throw new UnauthorizedException();
    return { key: this.#signedIn.add(person), replayToken: await this.#tokens.of(person) };
  }

  @Get("channels/:id/messages")
  @UseGuards(SignedInGuard)
  messages(@Param("id") id: string): Message[] {
    if (!this.#club.channels.some((channel) => channel.id === id)) throw new NotFoundException();
    return this.#chat.messages(id);
  }
}
