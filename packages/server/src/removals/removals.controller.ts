/** `DELETE /admin/users/:userId`, `/admin/communities/…`, `/admin/rooms/…`, `/admin/channels/…`: what a host application announces when it has removed something. */
import { Controller, Delete, HttpCode, Param } from "@nestjs/common";
import { directoryIdSchema, roomNameSchema, userIdSchema } from "@livekit-replay/contract";
import { z } from "zod";
import { Asking } from "../auth/access.js";
import { basePath } from "../auth/rules.js";
import type { Viewer } from "../auth/viewer.js";
import { Answers, InPath } from "../platform/document.js";
import { CommunityRemoval } from "./community.js";
import { UserRemoval } from "./user.js";

const userParams = z.object({ userId: userIdSchema });
const communityParams = z.object({ communityId: directoryIdSchema });
const roomParams = z.object({ roomName: roomNameSchema });
const channelParams = z.object({ channelId: directoryIdSchema });

/** Routes that remove data, whichever directory there is. Idempotent: nobody needs to know whether there was any. */
@Controller(`${basePath}/admin`)
export class RemovalsController {
  readonly #users: UserRemoval;
  readonly #communities: CommunityRemoval;

  constructor(users: UserRemoval, communities: CommunityRemoval) {
    this.#users = users;
    this.#communities = communities;
  }

  @Delete("users/:userId")
  @HttpCode(204)
  @InPath("userId")
  @Answers(204, null, "Remove everything that is a user's: sessions, buffers, clips; idempotent", {
    id: "removeUser",
    refuses: ["not_ready"],
  })
  user(@Param({ schema: userParams }) { userId }: z.output<typeof userParams>, @Asking() { caller }: Viewer): Promise<void> {
    return this.#users.remove(caller, userId);
  }

  @Delete("communities/:communityId")
  @HttpCode(204)
  @InPath("communityId")
  @Answers(204, null, "Remove everything that is a community's: sessions, buffers, settings, channels' posts; idempotent", {
    id: "removeCommunity",
  })
  community(
    @Param({ schema: communityParams }) { communityId }: z.output<typeof communityParams>,
    @Asking() { caller }: Viewer,
  ): Promise<void> {
    return this.#communities.community(caller, communityId);
  }

  @Delete("rooms/:roomName")
  @HttpCode(204)
  @InPath("roomName")
  @Answers(204, null, "End a removed room's sessions; idempotent", { id: "removeRoom", refuses: ["invalid_request"] })
  room(@Param({ schema: roomParams }) { roomName }: z.output<typeof roomParams>, @Asking() { caller }: Viewer): Promise<void> {
    return this.#communities.room(caller, null, roomName);
  }

  @Delete("channels/:channelId")
  @HttpCode(204)
  @InPath("channelId")
  @Answers(204, null, "Remove a removed channel's posts; idempotent", { id: "removeChannel", refuses: ["invalid_request"] })
  channel(@Param({ schema: channelParams }) { channelId }: z.output<typeof channelParams>, @Asking() { caller }: Viewer): Promise<void> {
    return this.#communities.channel(caller, null, channelId);
  }
}
