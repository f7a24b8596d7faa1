/** The built-in directory as an instance admin writes it: people, communities, rooms, channels, roles, members. */
import { z } from "zod";
import { directoryIdSchema, displayNameSchema, pageOf, pageQuerySchema, roomNameSchema, userIdSchema } from "./id.js";
import { permissionSchema } from "./permissions.js";

/** Query of the directory's lists. */
export const entriesQuerySchema = pageQuerySchema.extend({
  q: z.string().max(150).optional().describe("Only entries whose id or name has this in it, in capitals or not"),
});
/** See {@link entriesQuerySchema}. */
export type EntriesQuery = z.infer<typeof entriesQuerySchema>;

/** Name of a role in one community: 1 to 100 characters without control characters. */
export const roleNameSchema = displayNameSchema;

/** A group that owns rooms and channels. */
export const communityEntrySchema = z.object({ id: directoryIdSchema, name: displayNameSchema });
/** See {@link communityEntrySchema}. */
export type CommunityEntry = z.infer<typeof communityEntrySchema>;
/** Body of `PUT /directory/communities/:communityId`. */
export const putCommunitySchema = z.strictObject({ name: displayNameSchema });
/** See {@link putCommunitySchema}. */
export type PutCommunity = z.infer<typeof putCommunitySchema>;

/** A room of a community; `roomName` is LiveKit's. */
export const roomEntrySchema = z.object({ roomName: roomNameSchema, title: displayNameSchema, communityId: directoryIdSchema });
/** See {@link roomEntrySchema}. */
export type RoomEntry = z.infer<typeof roomEntrySchema>;
/** Body of `PUT …/rooms/:roomName`. */
export const putRoomSchema = z.strictObject({ title: displayNameSchema });
/** See {@link putRoomSchema}. */
export type PutRoom = z.infer<typeof putRoomSchema>;

/** A text channel of a community. */
export const channelEntrySchema = z.object({ id: directoryIdSchema, name: displayNameSchema, communityId: directoryIdSchema });
/** See {@link channelEntrySchema}. */
export type ChannelEntry = z.infer<typeof channelEntrySchema>;
/** Body of `PUT …/channels/:channelId`. */
export const putChannelSchema = z.strictObject({ name: displayNameSchema });
/** See {@link putChannelSchema}. */
export type PutChannel = z.infer<typeof putChannelSchema>;

/** A named set of permissions in one community. */
export const roleEntrySchema = z.object({ communityId: directoryIdSchema, role: roleNameSchema, permissions: z.array(permissionSchema) });
/** See {@link roleEntrySchema}. */
export type RoleEntry = z.infer<typeof roleEntrySchema>;
/** Body of `PUT …/roles/:role`. */
export const putRoleSchema = z.strictObject({ permissions: z.array(permissionSchema).max(50) });
/** See {@link putRoleSchema}. */
export type PutRole = z.infer<typeof putRoleSchema>;

/** A user's place in a community. A role that is not there (yet) gives nothing. */
export const memberEntrySchema = z.object({
  communityId: directoryIdSchema,
  userId: userIdSchema,
  roles: z.array(roleNameSchema),
  /** In lists: the name of the person; left out when the directory knows none. */
  name: displayNameSchema.optional(),
});
/** See {@link memberEntrySchema}. */
export type MemberEntry = z.infer<typeof memberEntrySchema>;
/** Body of `PUT …/members/:userId`. */
export const putMemberSchema = z.strictObject({ roles: z.array(roleNameSchema).max(50) });
/** See {@link putMemberSchema}. */
export type PutMember = z.infer<typeof putMemberSchema>;

/** A user that the directory knows by name. */
export const personEntrySchema = z.object({ userId: userIdSchema, name: displayNameSchema, admin: z.boolean() });
/** See {@link personEntrySchema}. */
export type PersonEntry = z.infer<typeof personEntrySchema>;
/** Body of `PUT /directory/people/:userId`. */
export const putPersonSchema = z.strictObject({
  name: displayNameSchema,
  /** Instance admin: may everything. Left out: stays as it is, `false` for somebody new. */
  admin: z.boolean().optional(),
});
/** See {@link putPersonSchema}. */
export type PutPerson = z.infer<typeof putPersonSchema>;

/** `GET /directory/communities`. */
export const communityEntriesSchema = pageOf(communityEntrySchema);
/** `GET …/rooms`. */
export const roomEntriesSchema = pageOf(roomEntrySchema);
/** `GET …/channels`. */
export const channelEntriesSchema = pageOf(channelEntrySchema);
/** `GET …/roles`. */
export const roleEntriesSchema = pageOf(roleEntrySchema);
/** `GET …/members`. */
export const memberEntriesSchema = pageOf(memberEntrySchema);
/** `GET /directory/people`. */
export const personEntriesSchema = pageOf(personEntrySchema);
