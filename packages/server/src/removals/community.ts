/**
 * The removal of a community, a room, a channel. Sessions end with their room, buffers go with their community, posts go with their channel; clips stay with their owners.
 * Rows of the directory go in an order that lets a removal be done again when it was cut short.
 */
import type { Actor, AuditLog, Change } from "../audit/log.js";
import type { Catalog, DirectoryRows, SessionRow } from "../catalog/port.js";
import type { Directory } from "../directory/port.js";
import { Serial } from "../platform/serial.js";
import type { Erasing } from "../sessions/erase.js";
import type { Sessions } from "../sessions/sessions.js";

/** What communities are removed with. */
export interface CommunityRemovalParts {
  readonly catalog: Catalog;
  readonly directory: Directory;
  /** Null where the host application owns the directory. */
  readonly rows: DirectoryRows | null;
  readonly sessions: Sessions;
  readonly erasing: Erasing;
  readonly audit: AuditLog;
}

/** Removes communities, rooms and channels. */
export class CommunityRemoval {
  readonly #parts: CommunityRemovalParts;
  readonly #serial = new Serial();

  constructor(parts: CommunityRemovalParts) {
    this.#parts = parts;
  }

  /**
   * Removes a community with its sessions, buffers, settings and channels' posts. Idempotent.
   * A host application announces it while it still answers for the community's channels: only those that it names lose their posts.
   * @throws ReplayError `directory_unavailable`; errors of files and database. Done again, it goes on.
   */
  community(actor: Actor, communityId: string): Promise<void> {
    return this.#serial.run(`community:${communityId}`, async () => {
      const { catalog, directory, rows, audit } = this.#parts;
      const rooms = await directory.rooms(communityId);
      const channels = await directory.channels(communityId);
      const name = (await rows?.community(communityId))?.name ?? null;
      const running = (await catalog.sessions.ofCommunity(communityId)).filter(({ state }) => state === "active").length;
      const from = { name, rooms: rooms.map(({ roomName }) => roomName), channels: channels.map(({ id }) => id), running };
      await audit.change(actor, { action: "community.remove", communityId, target: communityId, from, to: null }, async () => {
        // Rooms first: without them nothing new begins.
        for (const { roomName } of rooms) await rows?.removeRoom(roomName);
        await this.#eraseSessions(communityId);
        for (const { id } of channels) await this.#emptyChannel(id);
        await catalog.directory.removeCommunity(communityId);
        // A start that was let through before the rooms went.
        await this.#eraseSessions(communityId);
      });
    });
  }

  /** Removes a room: its sessions end; their buffers can be captured for the grace. Idempotent. */
  room(actor: Actor, communityId: string | null, roomName: string): Promise<void> {
    return this.#serial.run(`room:${roomName}`, async () => {
      const { rows, audit } = this.#parts;
      const row = await rows?.room(roomName);
      const from = { title: row?.title ?? null, running: (await this.#running(roomName)).length };
      await audit.change(actor, { action: "room.remove", communityId, target: roomName, from, to: null }, async () => {
        // Twice: before, so that a removal that was cut short is found again; after, for a start that was let through before the room went.
        await this.#endSessions(roomName);
        await rows?.removeRoom(roomName);
        await this.#endSessions(roomName);
      });
    });
  }

  /** Removes a channel and its posts; the clips stay. Idempotent. */
  channel(actor: Actor, communityId: string | null, channelId: string): Promise<void> {
    return this.#serial.run(`channel:${channelId}`, async () => {
      const { catalog, rows, audit } = this.#parts;
      const row = await rows?.channel(channelId);
      const from = { name: row?.name ?? null, posts: (await catalog.posts.list(channelId, 1, 1)).total };
      const change: Change = { action: "channel.remove", communityId, target: channelId, from, to: null };
      await audit.change(actor, change, () => this.#emptyChannel(channelId));
    });
  }

  /** Posts before and after the channel itself: one that was let through before it went would come back with a channel of the same id. */
  async #emptyChannel(channelId: string): Promise<void> {
    const { catalog, rows } = this.#parts;
    await catalog.posts.removeOfChannel(channelId);
    await rows?.removeChannel(channelId);
    await catalog.posts.removeOfChannel(channelId);
  }

  async #eraseSessions(communityId: string): Promise<void> {
    for (const row of await this.#parts.catalog.sessions.ofCommunity(communityId)) await this.#parts.erasing.erase(row);
  }

  async #endSessions(roomName: string): Promise<void> {
    for (const row of await this.#running(roomName)) await this.#parts.sessions.stop(row);
  }

  async #running(roomName: string): Promise<SessionRow[]> {
    return (await this.#parts.catalog.sessions.inRoom(roomName)).filter(({ state }) => state === "active");
  }
}
