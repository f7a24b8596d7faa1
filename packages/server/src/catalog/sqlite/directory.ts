/** Rows of the built-in directory in SQLite. */
import { type Permission, permissionSchema } from "@livekit-replay/contract";
import { z } from "zod";
import type { ChannelRow, CommunityRow, DirectoryRows, MemberRow, PersonRow, RoleRow, RoomRow } from "../port.js";
import type { Database, Tables } from "./tables.js";

const permissionsSchema = z.array(permissionSchema);
const rolesSchema = z.array(z.string());

const person = ({ admin, ...rest }: Tables["people"]): PersonRow => ({ ...rest, admin: admin === 1 });
const role = ({ permissions, ...rest }: Tables["roles"]): RoleRow => ({
  ...rest,
  permissions: permissionsSchema.parse(JSON.parse(permissions)),
});
const member = ({ roles, ...rest }: Tables["members"]): MemberRow => ({ ...rest, roles: rolesSchema.parse(JSON.parse(roles)) });

/** Every `put…` writes the whole row, new or not. */
export class SqliteDirectoryRows implements DirectoryRows {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async putCommunity({ id, name }: CommunityRow): Promise<void> {
    await this.database
      .insertInto("communities")
      .values({ id, name })
      .onConflict((on) => on.column("id").doUpdateSet({ name }))
      .execute();
  }

  async putRoom({ roomName, ...rest }: RoomRow): Promise<void> {
    await this.database
      .insertInto("rooms")
      .values({ roomName, ...rest })
      .onConflict((on) => on.column("roomName").doUpdateSet(rest))
      .execute();
  }

  async putChannel({ id, ...rest }: ChannelRow): Promise<void> {
    await this.database
      .insertInto("channels")
      .values({ id, ...rest })
      .onConflict((on) => on.column("id").doUpdateSet(rest))
      .execute();
  }

  async putRole({ communityId, role: name, permissions }: RoleRow): Promise<void> {
    const text = JSON.stringify(permissions);
    const insert = this.database.insertInto("roles").values({ communityId, role: name, permissions: text });
    await insert.onConflict((on) => on.columns(["communityId", "role"]).doUpdateSet({ permissions: text })).execute();
  }

  async putPerson({ userId, name, admin, description }: PersonRow): Promise<void> {
    const rest = { name, admin: admin ? 1 : 0, description };
    await this.database
      .insertInto("people")
      .values({ userId, ...rest })
      .onConflict((on) => on.column("userId").doUpdateSet(rest))
      .execute();
  }

  async putMember({ communityId, userId, roles }: MemberRow): Promise<void> {
    const text = JSON.stringify(roles);
    const insert = this.database.insertInto("members").values({ communityId, userId, roles: text });
    await insert.onConflict((on) => on.columns(["communityId", "userId"]).doUpdateSet({ roles: text })).execute();
  }

  async person(userId: string): Promise<PersonRow | null> {
    const row = await this.database.selectFrom("people").selectAll().where("userId", "=", userId).executeTakeFirst();
    return row === undefined ? null : person(row);
  }

  async people(): Promise<PersonRow[]> {
    return (await this.database.selectFrom("people").selectAll().orderBy("name").orderBy("userId").execute()).map(person);
  }

  async community(id: string): Promise<CommunityRow | null> {
    return (await this.database.selectFrom("communities").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
  }

  communities(): Promise<CommunityRow[]> {
    return this.database.selectFrom("communities").selectAll().orderBy("name").orderBy("id").execute();
  }

  async room(roomName: string): Promise<RoomRow | null> {
    return (await this.database.selectFrom("rooms").selectAll().where("roomName", "=", roomName).executeTakeFirst()) ?? null;
  }

  rooms(communityId: string): Promise<RoomRow[]> {
    const query = this.database.selectFrom("rooms").selectAll().where("communityId", "=", communityId);
    return query.orderBy("title").orderBy("roomName").execute();
  }

  async channel(channelId: string): Promise<ChannelRow | null> {
    return (await this.database.selectFrom("channels").selectAll().where("id", "=", channelId).executeTakeFirst()) ?? null;
  }

  channels(communityId: string): Promise<ChannelRow[]> {
    return this.database.selectFrom("channels").selectAll().where("communityId", "=", communityId).orderBy("name").orderBy("id").execute();
  }

  async role(communityId: string, name: string): Promise<RoleRow | null> {
    const query = this.database.selectFrom("roles").selectAll().where("communityId", "=", communityId).where("role", "=", name);
    const row = await query.executeTakeFirst();
    return row === undefined ? null : role(row);
  }

  async roles(communityId: string): Promise<RoleRow[]> {
    return (await this.database.selectFrom("roles").selectAll().where("communityId", "=", communityId).orderBy("role").execute()).map(role);
  }

  async member(communityId: string, userId: string): Promise<MemberRow | null> {
    const query = this.database.selectFrom("members").selectAll().where("communityId", "=", communityId).where("userId", "=", userId);
    const row = await query.executeTakeFirst();
    return row === undefined ? null : member(row);
  }

  async members(communityId: string): Promise<MemberRow[]> {
    const query = this.database.selectFrom("members").selectAll().where("communityId", "=", communityId);
    return (await query.orderBy("userId").execute()).map(member);
  }

  async membershipsOf(userId: string): Promise<MemberRow[]> {
    const query = this.database.selectFrom("members").selectAll().where("userId", "=", userId);
    return (await query.orderBy("communityId").execute()).map(member);
  }

  async permissionsOf(communityId: string, userId: string): Promise<Permission[] | null> {
    const place = await this.member(communityId, userId);
    if (place === null) return null;
    const roles = await this.database
      .selectFrom("roles")
      .selectAll()
      .where("communityId", "=", communityId)
      .where("role", "in", place.roles)
      .execute();
    return [...new Set(roles.flatMap((row) => role(row).permissions))];
  }

  async removeCommunity(id: string): Promise<boolean> {
    for (const table of ["rooms", "channels", "roles", "members", "communitySettings"] as const)
      await this.database.deleteFrom(table).where("communityId", "=", id).execute();
    return removed(await this.database.deleteFrom("communities").where("id", "=", id).executeTakeFirst());
  }

  async removeRoom(roomName: string): Promise<boolean> {
    return removed(await this.database.deleteFrom("rooms").where("roomName", "=", roomName).executeTakeFirst());
  }

  async removeChannel(channelId: string): Promise<boolean> {
    return removed(await this.database.deleteFrom("channels").where("id", "=", channelId).executeTakeFirst());
  }

  async removeRole(communityId: string, name: string): Promise<boolean> {
    const query = this.database.deleteFrom("roles").where("communityId", "=", communityId).where("role", "=", name);
    return removed(await query.executeTakeFirst());
  }

  async removeMember(communityId: string, userId: string): Promise<boolean> {
    const query = this.database.deleteFrom("members").where("communityId", "=", communityId).where("userId", "=", userId);
    return removed(await query.executeTakeFirst());
  }

  async removePerson(userId: string): Promise<boolean> {
    await this.database.deleteFrom("members").where("userId", "=", userId).execute();
    return removed(await this.database.deleteFrom("people").where("userId", "=", userId).executeTakeFirst());
  }
}

const removed = ({ numDeletedRows }: { readonly numDeletedRows: bigint }): boolean => numDeletedRows > 0n;
