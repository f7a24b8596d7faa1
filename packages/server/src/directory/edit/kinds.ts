/** The kinds of entries of the built-in directory, and how each is found, listed and written. */
import type { ChannelEntry, CommunityEntry, ErrorCode, MemberEntry, PersonEntry, RoleEntry, RoomEntry } from "@livekit-replay/contract";
import type { DirectoryRows, MemberRow, PersonRow, RoleRow } from "../../catalog/port.js";

/** Where an entry is. `communityId` is null for communities and people, which lie in none. */
export interface EntryPlace {
  readonly communityId: string | null;
  readonly id: string;
}

/** First part of the audit log's action. */
export type EntryWhat = "community" | "room" | "channel" | "role" | "member" | "person";

/** One kind. `Entry` is what answers show. */
export interface EntryKind<Entry extends object, What extends EntryWhat = EntryWhat> {
  readonly what: What;
  readonly notFound: ErrorCode;
  placeOf(entry: Entry): EntryPlace;
  /** Of a room or channel, in whichever community it is. */
  find(rows: DirectoryRows, place: EntryPlace): Promise<Entry | null>;
  list(rows: DirectoryRows, communityId: string | null): Promise<Entry[]>;
  put(rows: DirectoryRows, entry: Entry): Promise<void>;
  /** What an entry is looked for by. */
  words(entry: Entry): readonly string[];
}

/** Communities: they lie in none. */
export const communityKind: EntryKind<CommunityEntry> = {
  what: "community",
  notFound: "community_not_found",
  placeOf: ({ id }) => ({ communityId: null, id }),
  find: (rows, { id }) => rows.community(id),
  list: (rows) => rows.communities(),
  put: (rows, entry) => rows.putCommunity(entry),
  words: ({ id, name }) => [id, name],
};

/** Rooms, by LiveKit's name. */
export const roomKind: EntryKind<RoomEntry> = {
  what: "room",
  notFound: "room_not_found",
  placeOf: ({ communityId, roomName }) => ({ communityId, id: roomName }),
  find: (rows, { id }) => rows.room(id),
  list: (rows, communityId) => rows.rooms(communityId ?? ""),
  put: (rows, entry) => rows.putRoom(entry),
  words: ({ roomName, title }) => [roomName, title],
};

/** Text channels. */
export const channelKind: EntryKind<ChannelEntry> = {
  what: "channel",
  notFound: "channel_not_found",
  placeOf: ({ communityId, id }) => ({ communityId, id }),
  find: (rows, { id }) => rows.channel(id),
  list: (rows, communityId) => rows.channels(communityId ?? ""),
  put: (rows, entry) => rows.putChannel(entry),
  words: ({ id, name }) => [id, name],
};

/** Roles of a community. */
export const roleKind: EntryKind<RoleEntry, "role"> = {
  what: "role",
  notFound: "role_not_found",
  placeOf: ({ communityId, role }) => ({ communityId, id: role }),
  find: async (rows, { communityId, id }) => {
    const row = await rows.role(communityId ?? "", id);
    return row && roleOf(row);
  },
  list: async (rows, communityId) => (await rows.roles(communityId ?? "")).map(roleOf),
  put: (rows, entry) => rows.putRole(entry),
  words: ({ role }) => [role],
};

/** Places of users in a community. */
export const memberKind: EntryKind<MemberEntry, "member"> = {
  what: "member",
  notFound: "member_not_found",
  placeOf: ({ communityId, userId }) => ({ communityId, id: userId }),
  find: async (rows, { communityId, id }) => {
    const row = await rows.member(communityId ?? "", id);
    return row && memberOf(row);
  },
  list: async (rows, communityId) => {
    const names = new Map((await rows.people()).map(({ userId, name }) => [userId, name]));
    return (await rows.members(communityId ?? "")).map((row) => {
      const name = names.get(row.userId);
      return { ...memberOf(row), ...(name !== undefined && { name }) };
    });
  },
  put: (rows, entry) => rows.putMember(entry),
  words: ({ userId, name }) => [userId, name ?? ""],
};

/** Users: they lie in no community. What the demo says of a person stays. */
export const personKind: EntryKind<PersonEntry> = {
  what: "person",
  notFound: "user_not_found",
  placeOf: ({ userId }) => ({ communityId: null, id: userId }),
  find: async (rows, { id }) => {
    const row = await rows.person(id);
    return row && personOf(row);
  },
  list: async (rows) => (await rows.people()).map(personOf),
  put: async (rows, entry) => {
    const before = await rows.person(entry.userId);
    await rows.putPerson({ ...entry, description: before?.description ?? "" });
  },
  words: ({ userId, name }) => [userId, name],
};

const roleOf = ({ communityId, role, permissions }: RoleRow): RoleEntry => ({ communityId, role, permissions: [...permissions] });
const memberOf = ({ communityId, userId, roles }: MemberRow): MemberEntry => ({ communityId, userId, roles: [...roles] });
const personOf = ({ userId, name, admin }: PersonRow): PersonEntry => ({ userId, name, admin });
