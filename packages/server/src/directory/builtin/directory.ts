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
      return room && this.#community(room.communityId);
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
      const all = await this.#rows.communities();
      if (caller.admin) return all;
      const mine: Community[] = [];
      for (const community of all) if (await this.#rows.permissionsOf(community.id, caller.userId)) mine.push(community);
      return mine;
    });
  }

  rooms(communityId: string): Promise<Room[]> {
    return asked(async () => (await this.#rows.rooms(communityId)).map(({ roomName, title }) => ({ roomName, title })));
  }

  channels(communityId: string): Promise<Channel[]> {
    return asked(async () => (await this.#rows.channels(communityId)).map(({ id, name }) => ({ id, name })));
  }

  async #community(id: string): Promise<Community | null> {
    return (await this.#rows.communities()).find((community) => community.id === id) ?? null;
  }
}

async function asked<Answer>(question: () => Promise<Answer>): Promise<Answer> {
  try {
    return await question();
  } catch (error) {
    // It says itself what is the matter, and that trying again can help.
    if (error instanceof ReplayError && error.code === "database_unavailable") throw error;
    throw new ReplayError("directory_unavailable", { detail: "The directory cannot be read", cause: error });
  }
}
