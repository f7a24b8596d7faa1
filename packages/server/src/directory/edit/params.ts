/** What the addresses of the directory's routes name. */
import { directoryIdSchema, roleNameSchema, roomNameSchema, userIdSchema } from "@livekit-replay/contract";
import { z } from "zod";

const community = { communityId: directoryIdSchema };

/** `:communityId` */
export const communityParams = z.object(community);
export type CommunityParams = z.output<typeof communityParams>;
/** `:communityId`, `:roomName` */
export const roomParams = z.object({ ...community, roomName: roomNameSchema });
export type RoomParams = z.output<typeof roomParams>;
/** `:communityId`, `:channelId` */
export const channelParams = z.object({ ...community, channelId: directoryIdSchema });
export type ChannelParams = z.output<typeof channelParams>;
/** `:communityId`, `:role` */
export const roleParams = z.object({ ...community, role: roleNameSchema });
export type RoleParams = z.output<typeof roleParams>;
/** `:communityId`, `:userId` */
export const memberParams = z.object({ ...community, userId: userIdSchema });
export type MemberParams = z.output<typeof memberParams>;
/** `:userId` */
export const userParams = z.object({ userId: userIdSchema });
export type UserParams = z.output<typeof userParams>;
