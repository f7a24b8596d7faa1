/** The built-in directory: people, communities, roles, channels and rooms from the catalogue. When the catalogue cannot answer, nobody may anything. */
import { type Channel, type Permission, type Person, ReplayError, type Room } from "@livekit-replay/contract";
import type { DirectoryRows } from "../../catalog/port.js";
import type { Caller, Community, Directory } from "../port.js";

/** Answers from the rows of the catalogue. Every method throws `ReplayError("directory_unavailable")` when they cannot be read, `database_unavailable` when the database is away. */
export class BuiltinDirectory implements Directory {
  readonly #rows: DirectoryRows;

  constructor(rows: DirectoryRows) {
    this.#rows = rows;
  }

  person(userId: string): Promise<(Person & { admin: boolean }) | null> {
    return asked(async () => {
      const row = await this.#rows.person(userId);
      return row && { userId: row.userId, name: row.name, admin: row.admin };
    });
  }

  communityOfRoom(roomName: string): Promise<Community | null> {
    return asked(async () => {
      const room = await this.#rows.room(roomName);
      return room && this.#rows.community(room.communityId);
    });
  }

  channel(channelId: string): Promise<(Channel & { communityId: string }) | null> {
    return asked(() => this.#rows.channel(channelId));
  }

  permissions(communityId: string, userId: string): Promise<ReadonlySet<Permission> | null> {
    return asked(async () => {
      const permissions = await this.#rows.permissionsOf(communityId, userId);
      return permissions && new Set(permissions);
    });
  }

  communitiesOf(caller: Caller): Promise<Community[]> {
    return asked(async () => {
      if (caller.admin) return this.#rows.communities();
      const places = await this.#rows.membershipsOf(caller.userId);
      const mine = await Promise.all(places.map(({ communityId }) => this.#rows.community(communityId)));
      return mine.filter((community) => community !== null).sort(byName);
    });
  }

  rooms(communityId: string): Promise<Room[]> {
    return asked(async () => (await this.#rows.rooms(communityId)).map(({ roomName, title }) => ({ roomName, title })));
  }

  channels(communityId: string): Promise<Channel[]> {
    return asked(async () => (await this.#rows.channels(communityId)).map(({ id, name }) => ({ id, name })));
  }
}

const byName = (one: Community, other: Community): number =>
  one.name === other.name ? (one.id < other.id ? -1 : 1) : one.name < other.name ? -1 : 1;

async function asked<Answer>(question: () => Promise<Answer>): Promise<Answer> {
  try {
    return await question();
  } catch (error) {
    // It says itself what is the matter, and that trying again can help.
    if (error instanceof ReplayError && error.code === "database_unavailable") throw error;
    throw new ReplayError("directory_unavailable", { detail: "The directory cannot be read", cause: error });
  }
}
