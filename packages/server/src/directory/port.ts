/**
 * The directory port: who is who, and who may what. Built in (`builtin/`), or the host application's.
 * Whoever asks treats a failure as no: a directory that cannot answer throws `ReplayError("directory_unavailable")`.
 */
import type { Channel, Permission, Person, Room } from "@livekit-replay/contract";

/** The group that owns rooms and channels. */
export interface Community {
  readonly id: string;
  readonly name: string;
}

/** Who is asking: from a verified token and the directory. */
export interface Caller {
  readonly userId: string;
  readonly name: string;
  /** May everything. */
  readonly admin: boolean;
  readonly tokenExpiresAtMs: number;
}

/** Answers who is who. Every method throws `ReplayError("directory_unavailable")` when it cannot. */
export interface Directory {
  /** Null for a stranger. */
  person(userId: string): Promise<(Person & { admin: boolean }) | null>;
  /** The community that owns a room; null when there is no such room. */
  communityOfRoom(roomName: string): Promise<Community | null>;
  channel(channelId: string): Promise<(Channel & { communityId: string }) | null>;
  /** Null when not a member. */
  permissions(communityId: string, userId: string): Promise<ReadonlySet<Permission> | null>;
  /** The communities that a person is in; for an instance admin all. */
  communitiesOf(caller: Caller): Promise<Community[]>;
  rooms(communityId: string): Promise<Room[]>;
  channels(communityId: string): Promise<Channel[]>;
}
