/** The other way: livekit-replay runs as a server of its own (`DIRECTORY=host`) and asks here, signed. */
import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  HttpCode,
  Inject,
  Injectable,
  NotFoundException,
  Post,
  type RawBodyRequest,
  UnauthorizedException,
  UseGuards,
} from "@nestjs/common";
import { hostNotices, hostQuestions, hostSignatureHeader, verifyHostRequest } from "@livekit-replay/contract";
import type { FastifyRequest } from "fastify";
import { Chat } from "./chat.js";
import { ClubDirectory } from "./directory.js";

/** `HOST_SECRET`, as livekit-replay knows it too. */
export const HOST_SECRET = Symbol("HOST_SECRET");

/** Lets in what livekit-replay has signed, and nobody else. Needs the body as it came (`rawBody: true`). */
@Injectable()
export class ReplayGuard implements CanActivate {
  readonly #secret: string;

  constructor(@Inject(HOST_SECRET) secret: string) {
    this.#secret = secret;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { method, originalUrl: path, rawBody, headers } = context.switchToHttp().getRequest<RawBodyRequest<FastifyRequest>>();
    const signature = headers[hostSignatureHeader]?.toString();
    const signed = await verifyHostRequest({ secret: this.#secret, method, path, body: rawBody?.toString() ?? "", signature });
    if (!signed) throw new UnauthorizedException();
    return true;
  }
}

/** The answer that says: not known here. A 404 without it could come from anywhere, and is taken for no answer. */
const known = <Thing>(thing: Thing | null): Thing => {
  if (thing === null) throw new NotFoundException({ unknown: true });
  return thing;
};

/** The questions and notices of `DIRECTORY=host`, with `HOST_URL` ending in `/replay`. The guard vouches for what they look like. */
@Controller("replay")
@UseGuards(ReplayGuard)
export class ReplayController {
  readonly #directory: ClubDirectory;
  readonly #chat: Chat;

  constructor(directory: ClubDirectory, chat: Chat) {
    this.#directory = directory;
    this.#chat = chat;
  }

  @Post("person")
  @HttpCode(200)
  async person(@Body() body: unknown): Promise<unknown> {
    const { userId } = hostQuestions.person.question.parse(body);
    return known(await this.#directory.person(userId));
  }

  @Post("permissions")
  @HttpCode(200)
  async permissions(@Body() body: unknown): Promise<unknown> {
    const { communityId, userId } = hostQuestions.permissions.question.parse(body);
    return { permissions: [...known(await this.#directory.permissions(communityId, userId))] };
  }

  @Post("communities")
  @HttpCode(200)
  async communities(@Body() body: unknown): Promise<unknown> {
    const { userId, all } = hostQuestions.communities.question.parse(body);
    return { communities: await this.#directory.communitiesOf({ userId, admin: all }) };
  }

  @Post("community")
  @HttpCode(200)
  async community(@Body() body: unknown): Promise<unknown> {
    const { communityId } = hostQuestions.community.question.parse(body);
    const [community] = (await this.#directory.communitiesOf({ userId: "", admin: true })).filter(({ id }) => id === communityId);
    const [rooms, channels] = await Promise.all([this.#directory.rooms(communityId), this.#directory.channels(communityId)]);
    return { ...known(community ?? null), rooms, channels };
  }

  @Post("room")
  @HttpCode(200)
  async room(@Body() body: unknown): Promise<unknown> {
    const { roomName } = hostQuestions.room.question.parse(body);
    return { roomName, community: known(await this.#directory.communityOfRoom(roomName)) };
  }

  @Post("channel")
  @HttpCode(200)
  async channel(@Body() body: unknown): Promise<unknown> {
    const { channelId } = hostQuestions.channel.question.parse(body);
    return known(await this.#directory.channel(channelId));
  }

  @Post("posts")
  @HttpCode(204)
  posted(@Body() body: unknown): Promise<void> {
    return this.#chat.posted(hostNotices.posted.body.parse(body));
  }

  @Post("posts/removed")
  @HttpCode(204)
  removed(@Body() body: unknown): Promise<void> {
    return this.#chat.removed(hostNotices.removed.body.parse(body));
  }

  @Post("clips/deleted")
  @HttpCode(204)
  clipDeleted(@Body() body: unknown): Promise<void> {
    return this.#chat.clipDeleted(hostNotices.clipDeleted.body.parse(body));
  }
}
