/** `/directory/communities/:communityId/rooms`, `…/rooms/:roomName`. */
import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from "@nestjs/common";
import {
  roomEntriesSchema,
  type RoomEntry,
  roomEntrySchema,
  type EntriesQuery,
  entriesQuerySchema,
  type PutRoom,
  putRoomSchema,
} from "@livekit-replay/contract";
import { Asking } from "../../auth/access.js";
import { basePath } from "../../auth/rules.js";
import type { Viewer } from "../../auth/viewer.js";
import { Answers, InPath } from "../../platform/document.js";
import type { Page } from "../../platform/page.js";
import { CommunityRemoval } from "../../removals/community.js";
import { DirectoryEditor } from "./editor.js";
import { roomKind } from "./kinds.js";
import { type CommunityParams, communityParams, type RoomParams, roomParams } from "./params.js";

/** Routes of rooms. */
@Controller(`${basePath}/directory/communities/:communityId/rooms`)
export class RoomsController {
  readonly #editor: DirectoryEditor;
  readonly #removal: CommunityRemoval;

  constructor(editor: DirectoryEditor, removal: CommunityRemoval) {
    this.#editor = editor;
    this.#removal = removal;
  }

  @Get()
  @InPath("communityId")
  @Answers(200, roomEntriesSchema, "Rooms of a community, by name", {
    id: "listDirectoryRooms",
    refuses: ["directory_of_host", "community_not_found"],
  })
  list(
    @Param({ schema: communityParams }) { communityId }: CommunityParams,
    @Query({ schema: entriesQuerySchema }) query: EntriesQuery,
  ): Promise<Page<RoomEntry>> {
    return this.#editor.list(roomKind, communityId, query);
  }

  @Get(":roomName")
  @InPath("communityId")
  @InPath("roomName")
  @Answers(200, roomEntrySchema, "One room", {
    id: "getDirectoryRoom",
    refuses: ["invalid_request", "room_not_found", "directory_of_host"],
  })
  get(@Param({ schema: roomParams }) params: RoomParams): Promise<RoomEntry> {
    return this.#editor.find(roomKind, { communityId: params.communityId, id: params.roomName });
  }

  @Put(":roomName")
  @InPath("communityId")
  @InPath("roomName")
  @Answers(200, roomEntrySchema, "Write a room. Idempotent; a room of another community is refused", {
    id: "putDirectoryRoom",
    refuses: ["directory_of_host", "community_not_found", "belongs_elsewhere"],
  })
  put(
    @Param({ schema: roomParams }) params: RoomParams,
    @Body({ schema: putRoomSchema }) body: PutRoom,
    @Asking() { caller }: Viewer,
  ): Promise<RoomEntry> {
    return this.#editor.put(caller, roomKind, { ...params, ...body });
  }

  @Delete(":roomName")
  @HttpCode(204)
  @InPath("communityId")
  @InPath("roomName")
  @Answers(204, null, "Remove a room: its sessions end; their buffers can be captured for the grace time", {
    id: "removeDirectoryRoom",
    refuses: ["room_not_found", "directory_of_host"],
  })
  async remove(@Param({ schema: roomParams }) params: RoomParams, @Asking() { caller }: Viewer): Promise<void> {
    await this.#editor.find(roomKind, { communityId: params.communityId, id: params.roomName });
    await this.#removal.room(caller, params.communityId, params.roomName);
  }
}
