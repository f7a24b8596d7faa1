/** Names for ids, as far as the asking person knows them. */
import type { Me } from "@livekit-replay/contract";

/** What something is called; its id where no name is known. */
export interface Names {
  community(id: string): string;
  room(roomName: string): string;
  channel(id: string): string;
}

/** The names that `/me` tells. */
export const namesOf = ({ communities }: Pick<Me, "communities">): Names => {
  const rooms = communities.flatMap((community) => community.rooms);
  const channels = communities.flatMap((community) => community.channels);
  return {
    community: (id) => communities.find((one) => one.id === id)?.name ?? id,
    room: (roomName) => rooms.find((one) => one.roomName === roomName)?.title ?? roomName,
    channel: (id) => channels.find((one) => one.id === id)?.name ?? id,
  };
};
