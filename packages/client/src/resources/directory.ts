/** The built-in directory: what an instance admin, or a host that mirrors its own, writes. */
import {
  channelEntriesSchema,
  type ChannelEntry,
  channelEntrySchema,
  communityEntriesSchema,
  type CommunityEntry,
  communityEntrySchema,
  memberEntriesSchema,
  type MemberEntry,
  memberEntrySchema,
  type EntriesQuery,
  personEntriesSchema,
  type PersonEntry,
  personEntrySchema,
  type PutChannel,
  type PutCommunity,
  type PutMember,
  type PutPerson,
  type PutRole,
  type PutRoom,
  roleEntriesSchema,
  type RoleEntry,
  roleEntrySchema,
  roomEntriesSchema,
  type RoomEntry,
  roomEntrySchema,
} from "@livekit-replay/contract";
import type { AnswerSchema, Transport } from "../request/transport.js";

/** A page of a list of the directory. */
export interface EntryPage<Entry> {
  readonly items: Entry[];
  readonly page: number;
  readonly pageSize: number;
  readonly total: number;
}

interface EntriesOptions<Entry> {
  readonly transport: Transport;
  /** Address of the list. */
  readonly path: string;
  readonly entry: AnswerSchema<Entry>;
  readonly page: AnswerSchema<EntryPage<Entry>>;
}

/** Removals delete files. */
const patienceMs = 120_000;

/** One kind of entries in one place. `put` and `remove` may be sent again without harm. Throws `permission_denied` for who is no instance admin, `directory_of_host`. */
export class DirectoryEntries<Entry, Put> {
  readonly #options: EntriesOptions<Entry>;

  constructor(options: EntriesOptions<Entry>) {
    this.#options = options;
  }

  /** A page, by name; with `q` those whose id or name has it in it. Throws `community_not_found`. */
  async list(query: Partial<EntriesQuery> = {}, signal?: AbortSignal): Promise<EntryPage<Entry>> {
    const { transport, path, page } = this.#options;
    return await transport.json({ method: "GET", path, query, ...(signal && { signal }) }, page);
  }

  /** One. Throws `…_not_found`. */
  async get(id: string, signal?: AbortSignal): Promise<Entry> {
    return await this.#options.transport.json({ method: "GET", path: this.#at(id), ...(signal && { signal }) }, this.#options.entry);
  }

  /** Writes the whole entry, new or not. Throws `community_not_found`, `belongs_elsewhere`. */
  async put(id: string, body: Put): Promise<Entry> {
    return await this.#options.transport.json({ method: "PUT", path: this.#at(id), body }, this.#options.entry);
  }

  /** Removes it, with what hangs on it. Throws `…_not_found`. */
  async remove(id: string): Promise<void> {
    await this.#options.transport.empty({ method: "DELETE", path: this.#at(id), timeoutMs: patienceMs });
  }

  #at(id: string): string {
    return `${this.#options.path}/${encodeURIComponent(id)}`;
  }
}

/** Only where the directory is the built-in one, and only for instance admins. */
export class DirectoryResource {
  readonly #transport: Transport;
  readonly communities: DirectoryEntries<CommunityEntry, PutCommunity>;
  readonly people: DirectoryEntries<PersonEntry, PutPerson>;

  constructor(transport: Transport) {
    this.#transport = transport;
    const communities = { path: "/directory/communities", entry: communityEntrySchema, page: communityEntriesSchema };
    this.communities = new DirectoryEntries({ transport, ...communities });
    this.people = new DirectoryEntries({ transport, path: "/directory/people", entry: personEntrySchema, page: personEntriesSchema });
  }

  /** Rooms of a community, by LiveKit's name. */
  rooms(communityId: string): DirectoryEntries<RoomEntry, PutRoom> {
    return new DirectoryEntries({ ...this.#in(communityId, "rooms"), entry: roomEntrySchema, page: roomEntriesSchema });
  }

  /** Channels of a community. */
  channels(communityId: string): DirectoryEntries<ChannelEntry, PutChannel> {
    return new DirectoryEntries({ ...this.#in(communityId, "channels"), entry: channelEntrySchema, page: channelEntriesSchema });
  }

  /** Roles of a community. */
  roles(communityId: string): DirectoryEntries<RoleEntry, PutRole> {
    return new DirectoryEntries({ ...this.#in(communityId, "roles"), entry: roleEntrySchema, page: roleEntriesSchema });
  }

  /** Members of a community, by user id. */
  members(communityId: string): DirectoryEntries<MemberEntry, PutMember> {
    return new DirectoryEntries({ ...this.#in(communityId, "members"), entry: memberEntrySchema, page: memberEntriesSchema });
  }

  #in(communityId: string, list: string): { transport: Transport; path: string } {
    return { transport: this.#transport, path: `/directory/communities/${encodeURIComponent(communityId)}/${list}` };
  }
}
