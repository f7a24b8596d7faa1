/** The host application as the directory: each question over HTTP, its answer kept for ten seconds, and no answer is a no. */
import { type Channel, type HostQuestion, type Permission, type Person, type Room } from "@livekit-replay/contract";
import type { Caller, Community, Directory } from "../port.js";
import { AnswerCache } from "./cache.js";
import type { HostAnswer, HostClient, HostQuestionBody } from "./client.js";

/** Every method throws `ReplayError("directory_unavailable")` when the host gives no answer that fits. */
export class HostDirectory implements Directory {
  readonly #client: Pick<HostClient, "ask">;
  readonly #cache: AnswerCache;

  constructor(client: Pick<HostClient, "ask">, cache: AnswerCache = new AnswerCache()) {
    this.#client = client;
    this.#cache = cache;
  }

  person(userId: string): Promise<(Person & { admin: boolean }) | null> {
    return this.#kept("person", { userId });
  }

  async communityOfRoom(roomName: string): Promise<Community | null> {
    return (await this.#kept("room", { roomName }))?.community ?? null;
  }

  channel(channelId: string): Promise<(Channel & { communityId: string }) | null> {
    return this.#kept("channel", { channelId });
  }

  async permissions(communityId: string, userId: string): Promise<ReadonlySet<Permission> | null> {
    const answer = await this.#kept("permissions", { communityId, userId });
    return answer && new Set(answer.permissions);
  }

  async communitiesOf({ userId, admin }: Caller): Promise<Community[]> {
    return (await this.#kept("communities", { userId, all: admin }))?.communities ?? [];
  }

  async rooms(communityId: string): Promise<Room[]> {
    return (await this.#kept("community", { communityId }))?.rooms ?? [];
  }

  async channels(communityId: string): Promise<Channel[]> {
    return (await this.#kept("community", { communityId }))?.channels ?? [];
  }

  /** What was answered about a person counts no more: they are being removed. */
  forget(userId: string): void {
    const named = `"userId":${JSON.stringify(userId)}`;
    this.#cache.forget((key) => key.includes(named));
  }

  #kept<Name extends HostQuestion>(name: Name, question: HostQuestionBody<Name>): Promise<HostAnswer<Name>> {
    return this.#cache.answer(JSON.stringify([name, question]), () => this.#client.ask(name, question));
  }
}
