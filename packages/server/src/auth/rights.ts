/**
 * Who may what: every right of the API is decided here, from the directory's answers and the rows.
 * What the caller may not even know of is "not found"; what they know of and may not do is "permission denied". No answer of the directory is a no.
 */
import { type Channel, type Permission, permissionSchema, ReplayError } from "@livekit-replay/contract";
import type { Catalog, ClipRow, PostRow, SessionRow } from "../catalog/port.js";
import type { CommunitySettingsSource } from "../communities/settings.js";
import type { Caller, Community, Directory } from "../directory/port.js";
import type { Presence } from "../events/presence.js";
import type { Grace } from "../sessions/grace.js";

/** `see`: be in the community; `rewind`: see its past; `capture`: make a clip of it; `manage`: stop it for its community; `stop`; `own`: pause it, let it go on, have it forgotten. */
export type SessionNeed = "see" | "rewind" | "capture" | "stop" | "manage" | "own";
/** `read`: see and play; `edit`: rename, share, trim; `delete`. */
export type ClipNeed = "read" | "edit" | "delete";
/** `read` its clips, `post` to it, `manage` its posts. */
export type ChannelNeed = "read" | "post" | "manage";

/** A room that the caller may know of. */
export interface RoomAccess {
  readonly roomName: string;
  readonly community: Community;
  readonly permissions: ReadonlySet<Permission>;
}

/** A channel and its community. */
export type ChannelAccess = Channel & { readonly communityId: string };

const everything: ReadonlySet<Permission> = new Set(permissionSchema.options);
const channelPermission = { read: "VIEW_CHANNEL", post: "SEND_MESSAGES", manage: "MANAGE_CHANNEL" } as const;

/** What the rights are decided from. */
export interface RightsParts {
  readonly catalog: Catalog;
  readonly directory: Directory;
  readonly presence: Presence;
  readonly settings: CommunitySettingsSource;
  readonly grace: Grace;
}

/** Decides rights. Every method that answers a thing throws `ReplayError` instead when the caller may not have it. */
export class Rights {
  readonly #parts: RightsParts;

  constructor(parts: RightsParts) {
    this.#parts = parts;
  }

  /** The caller's permissions in a community; null when they are not in it. */
  async permissions(caller: Caller, communityId: string): Promise<ReadonlySet<Permission> | null> {
    return caller.admin ? everything : this.#parts.directory.permissions(communityId, caller.userId);
  }

  /** A room of a community that the caller is in. @throws `room_not_found`; `permission_denied` without `needs`. */
  async room(caller: Caller, roomName: string, needs: Permission | null): Promise<RoomAccess> {
    const community = await this.#parts.directory.communityOfRoom(roomName);
    const permissions = community && (await this.permissions(caller, community.id));
    if (!community || !permissions) throw new ReplayError("room_not_found");
    if (needs !== null && !permissions.has(needs)) throw new ReplayError("permission_denied");
    return { roomName, community, permissions };
  }

  /** A session. @throws `session_not_found`, `permission_denied`; `no_segments` when its grace is over and the past of it is asked for. */
  async session(caller: Caller, sessionId: string, need: SessionNeed): Promise<SessionRow> {
    const row = await this.#parts.catalog.sessions.find(sessionId);
    const permissions = row && (await this.permissions(caller, row.communityId));
    if (!row || !permissions) throw new ReplayError("session_not_found");
    const { capture, stop, own } = await this.sessionRights(caller, row, permissions);
    if (need === "stop") {
      if (!stop) throw new ReplayError("session_not_found");
      return row;
    }
    if (need === "see") return row;
    if (need === "manage") {
      if (!permissions.has("MANAGE_REPLAY_LIMITS")) throw new ReplayError("permission_denied");
      return row;
    }
    const may = { capture, own, rewind: permissions.has("CAPTURE_REPLAY") }[need];
    if (!may) throw new ReplayError("permission_denied");
    if (this.#parts.grace.isOver(row)) throw new ReplayError("no_segments");
    return row;
  }

  /** What a member of its community may do with a session. */
  async sessionRights(
    caller: Caller,
    row: SessionRow,
    permissions: ReadonlySet<Permission>,
  ): Promise<{ capture: boolean; rewind: boolean; stop: boolean; own: boolean }> {
    const owner = row.userId === caller.userId;
    const own = owner || caller.admin;
    const rewind = permissions.has("CAPTURE_REPLAY");
    const stop = owner || permissions.has("MANAGE_REPLAY_LIMITS");
    if (owner || caller.admin || !rewind) return { capture: rewind, rewind, stop, own };
    const { whoMayCapture } = await this.#parts.settings.of(row.communityId);
    return { capture: whoMayCapture === "room" && (await this.#parts.presence.isAnywhere(row.roomName, caller.userId)), rewind, stop, own };
  }

  /** A clip. @throws `clip_not_found`; `permission_denied` when the caller may read it and no more. */
  async clip(caller: Caller, clipId: string, need: ClipNeed): Promise<ClipRow> {
    const row = await this.#parts.catalog.clips.find(clipId);
    if (!row || row.state === "deleting") throw new ReplayError("clip_not_found");
    const rights = this.clipRights(caller, row);
    if (need === "read" ? rights.own : rights[need]) return row;
    const readable = (await this.readablePosts(caller, row.id)).length > 0;
    if (!readable) throw new ReplayError("clip_not_found");
    if (need !== "read") throw new ReplayError("permission_denied");
    return row;
  }

  /** What the caller may do with a clip whoever else may read it. */
  clipRights(caller: Caller, row: ClipRow): { own: boolean; edit: boolean; delete: boolean } {
    const own = caller.admin || row.userId === caller.userId;
    return { own, edit: own, delete: own || row.sharerId === caller.userId };
  }

  /**
   * The posts of a clip that the caller can read, with their channels. A channel that the directory does not tell of counts as one that cannot be read.
   * @throws ReplayError `directory_unavailable` when that may be why there is none
   */
  async readablePosts(caller: Caller, clipId: string): Promise<{ post: PostRow; channel: ChannelAccess }[]> {
    const posts = await this.#parts.catalog.posts.ofClip(clipId);
    const readable: { post: PostRow; channel: ChannelAccess }[] = [];
    let unanswered: ReplayError | null = null;
    for (const post of posts) {
      try {
        const channel = await this.readableChannel(caller, post.channelId);
        if (channel) readable.push({ post, channel });
      } catch (error) {
        if (!(error instanceof ReplayError)) throw error;
        unanswered = error;
      }
    }
    if (readable.length === 0 && unanswered) throw unanswered;
    return readable;
  }

  /** A channel that the caller can read, else null. */
  async readableChannel(caller: Caller, channelId: string): Promise<ChannelAccess | null> {
    const channel = await this.#parts.directory.channel(channelId);
    const permissions = channel && (await this.permissions(caller, channel.communityId));
    return channel && permissions?.has("VIEW_CHANNEL") ? channel : null;
  }

  /** A channel. @throws `channel_not_found` for who cannot read it; `permission_denied` for who can do no more. */
  async channel(caller: Caller, channelId: string, need: ChannelNeed): Promise<ChannelAccess> {
    const channel = await this.readableChannel(caller, channelId);
    if (!channel) throw new ReplayError("channel_not_found");
    const permissions = await this.permissions(caller, channel.communityId);
    if (!permissions?.has(channelPermission[need])) throw new ReplayError("permission_denied");
    return channel;
  }

  /** A community that the caller is in. @throws `community_not_found`, `permission_denied`. */
  async community(caller: Caller, communityId: string, need: Permission): Promise<Community> {
    const community = (await this.#parts.directory.communitiesOf(caller)).find(({ id }) => id === communityId);
    const permissions = community && (await this.permissions(caller, communityId));
    if (!community || !permissions) throw new ReplayError("community_not_found");
    if (!permissions.has(need)) throw new ReplayError("permission_denied");
    return community;
  }

  /** Whether the caller may take a post out of its channel: who posted it, the clip's owner, or who manages the channel. */
  async mayUnshare(caller: Caller, post: PostRow, channel: ChannelAccess): Promise<boolean> {
    if (post.userId === caller.userId) return true;
    const permissions = await this.permissions(caller, channel.communityId);
    if (permissions?.has("MANAGE_CHANNEL")) return true;
    const clip = post.clipId === null ? null : await this.#parts.catalog.clips.find(post.clipId);
    return clip?.userId === caller.userId;
  }

  /** A post that the caller may take out of its channel. @throws `channel_not_found`, `post_not_found`, `permission_denied`. */
  async post(caller: Caller, channelId: string, postId: string): Promise<PostRow> {
    const post = await this.#parts.catalog.posts.find(postId);
    const channel = await this.readableChannel(caller, channelId);
    if (!post || post.channelId !== channelId || !channel) {
      const own = post?.channelId === channelId && post.userId === caller.userId;
      if (own) return post;
      throw new ReplayError(channel ? "post_not_found" : "channel_not_found");
    }
    if (!(await this.mayUnshare(caller, post, channel))) throw new ReplayError("permission_denied");
    return post;
  }
}
