/** Rows of the built-in directory in MongoDB. */
import type { Permission } from "@livekit-replay/contract";
import type { ChannelRow, CommunityRow, DirectoryRows, MemberRow, PersonRow, RoleRow, RoomRow } from "../port.js";
import { Documents, type Kept, keyOf, type Shape } from "./documents.js";

const communityShape: Shape<CommunityRow> = { key: ({ id }) => id, fields: { id: true, name: true } };
const roomShape: Shape<RoomRow> = { key: ({ roomName }) => roomName, fields: { roomName: true, title: true, communityId: true } };
const channelShape: Shape<ChannelRow> = { key: ({ id }) => id, fields: { id: true, name: true, communityId: true } };
const roleShape: Shape<RoleRow> = {
  key: ({ communityId, role }) => keyOf(communityId, role),
  fields: { communityId: true, role: true, permissions: true },
};
const personShape: Shape<PersonRow> = { key: ({ userId }) => userId, fields: { userId: true, name: true, admin: true, description: true } };
const memberShape: Shape<MemberRow> = {
  key: ({ communityId, userId }) => keyOf(communityId, userId),
  fields: { communityId: true, userId: true, roles: true },
};

/** Of the settings only whose they are is needed here. */
interface SettingsKey {
  readonly communityId: string;
}
const settingsShape: Shape<SettingsKey> = { key: ({ communityId }) => communityId, fields: { communityId: true } };

/** The collections of the directory, and the settings that go with a community. */
export type DirectoryCollections = Readonly<
  Record<"communities" | "rooms" | "channels" | "roles" | "people" | "members" | "communitySettings", Kept>
>;

/** Every `put…` writes the whole document, new or not. */
export class MongoDirectoryRows implements DirectoryRows {
  private readonly ofCommunities: Documents<CommunityRow>;
  private readonly ofRooms: Documents<RoomRow>;
  private readonly ofChannels: Documents<ChannelRow>;
  private readonly ofRoles: Documents<RoleRow>;
  private readonly ofPeople: Documents<PersonRow>;
  private readonly ofMembers: Documents<MemberRow>;
  private readonly settings: Documents<SettingsKey>;

  constructor(collections: DirectoryCollections) {
    this.ofCommunities = new Documents(collections.communities, communityShape);
    this.ofRooms = new Documents(collections.rooms, roomShape);
    this.ofChannels = new Documents(collections.channels, channelShape);
    this.ofRoles = new Documents(collections.roles, roleShape);
    this.ofPeople = new Documents(collections.people, personShape);
    this.ofMembers = new Documents(collections.members, memberShape);
    this.settings = new Documents(collections.communitySettings, settingsShape);
  }

  putCommunity(row: CommunityRow): Promise<void> {
    return this.ofCommunities.put(row);
  }

  putRoom(row: RoomRow): Promise<void> {
    return this.ofRooms.put(row);
  }

  putChannel(row: ChannelRow): Promise<void> {
    return this.ofChannels.put(row);
  }

  putRole(row: RoleRow): Promise<void> {
    return this.ofRoles.put(row);
  }

  putPerson(row: PersonRow): Promise<void> {
    return this.ofPeople.put(row);
  }

  putMember(row: MemberRow): Promise<void> {
    return this.ofMembers.put(row);
  }

  person(userId: string): Promise<PersonRow | null> {
    return this.ofPeople.find(userId);
  }

  people(): Promise<PersonRow[]> {
    return this.ofPeople.list({}, { name: 1, _id: 1 });
  }

  community(id: string): Promise<CommunityRow | null> {
    return this.ofCommunities.find(id);
  }

  communities(): Promise<CommunityRow[]> {
    return this.ofCommunities.list({}, { name: 1, _id: 1 });
  }

  room(roomName: string): Promise<RoomRow | null> {
    return this.ofRooms.find(roomName);
  }

  rooms(communityId: string): Promise<RoomRow[]> {
    return this.ofRooms.list({ communityId }, { title: 1, _id: 1 });
  }

  channel(channelId: string): Promise<ChannelRow | null> {
    return this.ofChannels.find(channelId);
  }

  channels(communityId: string): Promise<ChannelRow[]> {
    return this.ofChannels.list({ communityId }, { name: 1, _id: 1 });
  }

  role(communityId: string, role: string): Promise<RoleRow | null> {
    return this.ofRoles.find(keyOf(communityId, role));
  }

  roles(communityId: string): Promise<RoleRow[]> {
    return this.ofRoles.list({ communityId }, { role: 1 });
  }

  member(communityId: string, userId: string): Promise<MemberRow | null> {
    return this.ofMembers.find(keyOf(communityId, userId));
  }

  members(communityId: string): Promise<MemberRow[]> {
    return this.ofMembers.list({ communityId }, { userId: 1 });
  }

  membershipsOf(userId: string): Promise<MemberRow[]> {
    return this.ofMembers.list({ userId }, { communityId: 1 });
  }

  async permissionsOf(communityId: string, userId: string): Promise<Permission[] | null> {
    const place = await this.member(communityId, userId);
    if (place === null) return null;
    const keys = place.roles.map((role) => keyOf(communityId, role));
    const roles = await this.ofRoles.list({ _id: { $in: keys } }, { role: 1 });
    return [...new Set(roles.flatMap(({ permissions }) => permissions))];
  }

  async removeCommunity(id: string): Promise<boolean> {
    for (const documents of [this.ofRooms, this.ofChannels, this.ofRoles, this.ofMembers, this.settings])
      await documents.remove({ communityId: id });
    return this.ofCommunities.removeOne(id);
  }

  removeRoom(roomName: string): Promise<boolean> {
    return this.ofRooms.removeOne(roomName);
  }

  removeChannel(channelId: string): Promise<boolean> {
    return this.ofChannels.removeOne(channelId);
  }

  removeRole(communityId: string, role: string): Promise<boolean> {
    return this.ofRoles.removeOne(keyOf(communityId, role));
  }

  removeMember(communityId: string, userId: string): Promise<boolean> {
    return this.ofMembers.removeOne(keyOf(communityId, userId));
  }

  async removePerson(userId: string): Promise<boolean> {
    await this.ofMembers.remove({ userId });
    return this.ofPeople.removeOne(userId);
  }
}
