/** A directory of somebody else's making, in this process: what it throws, answers too late or in another shape is `directory_unavailable`, as over HTTP. */
import {
  type Channel,
  hostQuestions,
  type Millis,
  millis,
  type Permission,
  type Person,
  ReplayError,
  type Room,
} from "@livekit-replay/contract";
import { z } from "zod";
import { within } from "../platform/within.js";
import type { Caller, Community, Directory } from "./port.js";

const defaultLimit: Millis = millis(3000);

const personSchema = hostQuestions.person.answer;
const communitySchema = hostQuestions.room.answer.shape.community;
const channelSchema = hostQuestions.channel.answer;
const permissionsSchema = hostQuestions.permissions.answer.shape.permissions;
const roomsSchema = hostQuestions.community.answer.shape.rooms;
const channelsSchema = hostQuestions.community.answer.shape.channels;

/** Asks the directory that it is made with. */
export class JudgedDirectory implements Directory {
  readonly #directory: Directory;
  readonly #limit: Millis;

  /** @param limit longest that an answer may take; default is 3 s */
  constructor(directory: Directory, limit: Millis = defaultLimit) {
    this.#directory = directory;
    this.#limit = limit;
  }

  async person(userId: string): Promise<(Person & { admin: boolean }) | null> {
    const person = await this.#asked(personSchema.nullable(), () => this.#directory.person(userId));
    return about(person, person?.userId, userId);
  }

  communityOfRoom(roomName: string): Promise<Community | null> {
    return this.#asked(communitySchema.nullable(), () => this.#directory.communityOfRoom(roomName));
  }

  async channel(channelId: string): Promise<(Channel & { communityId: string }) | null> {
    const channel = await this.#asked(channelSchema.nullable(), () => this.#directory.channel(channelId));
    return about(channel, channel?.id, channelId);
  }

  async permissions(communityId: string, userId: string): Promise<ReadonlySet<Permission> | null> {
    const names = await this.#asked(permissionsSchema.nullable(), async () => {
      const granted = await this.#directory.permissions(communityId, userId);
      return granted && [...granted];
    });
    return names && new Set(names);
  }

  communitiesOf(caller: Caller): Promise<Community[]> {
    return this.#asked(z.array(communitySchema), () => this.#directory.communitiesOf(caller));
  }

  rooms(communityId: string): Promise<Room[]> {
    return this.#asked(roomsSchema, () => this.#directory.rooms(communityId));
  }

  channels(communityId: string): Promise<Channel[]> {
    return this.#asked(channelsSchema, () => this.#directory.channels(communityId));
  }

  async #asked<Answer>(schema: z.ZodType<Answer>, question: () => Promise<unknown>): Promise<Answer> {
    try {
      return schema.parse(await within(this.#limit, question()));
    } catch (error) {
      throw error instanceof ReplayError ? error : new ReplayError("directory_unavailable", { cause: error });
    }
  }
}

/** An answer about something else than was asked for is no answer. */
function about<Answer>(answer: Answer, named: string | undefined, asked: string): Answer {
  if (named !== undefined && named !== asked)
    throw new ReplayError("directory_unavailable", { detail: "The host application answered about something else than it was asked for" });
  return answer;
}
