/** The club as livekit-replay asks for it: who is who, and who may what. */
import type { Channel, Permission, Person, Room } from "@livekit-replay/contract";
import type { Caller, Community, Directory } from "@livekit-replay/server";
import { Injectable } from "@nestjs/common";
import { Club } from "./club.js";

/** What each rank of the club may do with replays. */
const permissions: Readonly<Record<"member" | "guest", readonly Permission[]>> = {
  member: ["ENABLE_REPLAY_BUFFER", "CAPTURE_REPLAY", "VIEW_CHANNEL", "SEND_MESSAGES"],
  guest: ["VIEW_CHANNEL"],
};

/** Every method answers from the club as it is at this moment. */
@Injectable()
export class ClubDirectory implements Directory {
  readonly #club: Club;

  constructor(club: Club) {
    this.#club = club;
  }

  person(userId: string): Promise<(Person & { admin: boolean }) | null> {
    const person = this.#club.person(userId);
    return Promise.resolve(person && { userId, name: person.name, admin: person.warden });
  }

  communityOfRoom(roomName: string): Promise<Community | null> {
    return Promise.resolve(this.#club.rooms.some(({ name }) => name === roomName) ? this.#community : null);
  }

  channel(channelId: string): Promise<(Channel & { communityId: string }) | null> {
    const channel = this.#club.channels.find(({ id }) => id === channelId);
    return Promise.resolve(channel ? { ...channel, communityId: this.#club.id } : null);
  }

  permissions(communityId: string, userId: string): Promise<ReadonlySet<Permission> | null> {
    const rank = communityId === this.#club.id ? this.#club.person(userId)?.rank : null;
    return Promise.resolve(rank ? new Set(permissions[rank]) : null);
  }

  communitiesOf({ userId, admin }: Pick<Caller, "userId" | "admin">): Promise<Community[]> {
    return Promise.resolve(admin || this.#club.person(userId)?.rank ? [this.#community] : []);
  }

  rooms(communityId: string): Promise<Room[]> {
    return Promise.resolve(communityId === this.#club.id ? this.#club.rooms.map(({ name, title }) => ({ roomName: name, title })) : []);
  }

  channels(communityId: string): Promise<Channel[]> {
    return Promise.resolve(communityId === this.#club.id ? [...this.#club.channels] : []);
  }

  get #community(): Community {
    return { id: this.#club.id, name: this.#club.name };
  }
}
