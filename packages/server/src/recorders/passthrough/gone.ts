/**
 * Whether a room that LiveKit hung up on without a word is gone. Busy, it loses its goodbye: a message that reaches it while it closes a room ends the
 * connection before what it still has to say was sent. Who joins a room that is gone makes it again, and sits in it alone.
 */
import { RoomServiceClient } from "livekit-server-sdk";
import type { LivekitAccess } from "./token.js";

const LIMIT_SECONDS = 2;

/** True only when LiveKit says so: without an answer the room is taken for there. */
export async function isRoomGone({ access, roomName }: { readonly access: LivekitAccess; readonly roomName: string }): Promise<boolean> {
  const { url, apiKey, apiSecret } = access;
  const service = new RoomServiceClient(url, apiKey, apiSecret, { requestTimeout: LIMIT_SECONDS, failover: false });
  try {
    const rooms = await service.listRooms([roomName]);
    return rooms.length === 0;
  } catch {
    return false;
  }
}
