/** Rows of the built-in directory in SQLite. */
import { type Permission, permissionSchema } from "@livekit-replay/contract";
import { z } from "zod";
import type { DirectoryRows } from "../port.js";
import type { Database, Tables } from "./tables.js";

const permissionsSchema = z.array(permissionSchema);
const rolesSchema = z.array(z.string());

interface Person {
  readonly userId: string;
  readonly name: string;
  readonly admin: boolean;
  readonly description: string;
}

const person = ({ admin, ...rest }: Tables["people"]): Person => ({ ...rest, admin: admin === 1 });

/** Every `put…` writes the whole row, new or not. */
export class SqliteDirectoryRows implements DirectoryRows {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async putCommunity(row: { id: string; name: string }): Promise<void> {
    await this.database
      .insertInto("communities")
      .values(row)
      .onConflict((on) => on.column("id").doUpdateSet({ name: row.name }))
      .execute();
  }

  async putRoom({ roomName, ...rest }: { roomName: string; title: string; communityId: string }): Promise<void> {
    await this.database
      .insertInto("rooms")
      .values({ roomName, ...rest })
      .onConflict((on) => on.column("roomName").doUpdateSet(rest))
      .execute();
  }

  async putChannel({ id, ...rest }: { id: string; name: string; communityId: string }): Promise<void> {
    await this.database
      .insertInto("channels")
      .values({ id, ...rest })
      .onConflict((on) => on.column("id").doUpdateSet(rest))
      .execute();
  }

  async putRole({
    communityId,
    role,
    permissions,
  }: {
    communityId: string;
    role: string;
    permissions: readonly Permission[];
  }): Promise<void> {
    const text = JSON.stringify(permissions);
    const insert = this.database.insertInto("roles").values({ communityId, role, permissions: text });
    await insert.onConflict((on) => on.columns(["communityId", "role"]).doUpdateSet({ permissions: text })).execute();
  }

  async putPerson({ userId, name, admin, description }: Person): Promise<void> {
    const rest = { name, admin: admin ? 1 : 0, description };
    await this.database
      .insertInto("people")
      .values({ userId, ...rest })
      .onConflict((on) => on.column("userId").doUpdateSet(rest))
      .execute();
  }

  async putMember({ communityId, userId, roles }: { communityId: string; userId: string; roles: readonly string[] }): Promise<void> {
    const text = JSON.stringify(roles);
    const insert = this.database.insertInto("members").values({ communityId, userId, roles: text });
    await insert.onConflict((on) => on.columns(["communityId", "userId"]).doUpdateSet({ roles: text })).execute();
  }

  async person(userId: string): Promise<Person | null> {
    const row = await this.database.selectFrom("people").selectAll().where("userId", "=", userId).executeTakeFirst();
    return row === undefined ? null : person(row);
  }

  async people(): Promise<Person[]> {
    return (await this.database.selectFrom("people").selectAll().orderBy("userId").execute()).map(person);
  }

  communities(): Promise<{ id: string; name: string }[]> {
    return this.database.selectFrom("communities").selectAll().orderBy("name").orderBy("id").execute();
  }

  async room(roomName: string): Promise<{ roomName: string; title: string; communityId: string } | null> {
    return (await this.database.selectFrom("rooms").selectAll().where("roomName", "=", roomName).executeTakeFirst()) ?? null;
  }

  rooms(communityId: string): Promise<{ roomName: string; title: string; communityId: string }[]> {
    return this.database
      .selectFrom("rooms")
      .selectAll()
      .where("communityId", "=", communityId)
      .orderBy("title")
      .orderBy("roomName")
      .execute();
  }

  async channel(channelId: string): Promise<{ id: string; name: string; communityId: string } | null> {
    return (await this.database.selectFrom("channels").selectAll().where("id", "=", channelId).executeTakeFirst()) ?? null;
  }

  channels(communityId: string): Promise<{ id: string; name: string; communityId: string }[]> {
    return this.database.selectFrom("channels").selectAll().where("communityId", "=", communityId).orderBy("name").orderBy("id").execute();
  }

  async permissionsOf(communityId: string, userId: string): Promise<Permission[] | null> {
    const member = await this.database
      .selectFrom("members")
      .select("roles")
      .where("communityId", "=", communityId)
      .where("userId", "=", userId)
      .executeTakeFirst();
    if (member === undefined) return null;
    const names = rolesSchema.parse(JSON.parse(member.roles));
    const roles = await this.database
      .selectFrom("roles")
      .select("permissions")
      .where("communityId", "=", communityId)
      .where("role", "in", names)
      .execute();
    return [...new Set(roles.flatMap(({ permissions }) => permissionsSchema.parse(JSON.parse(permissions))))];
  }
}
