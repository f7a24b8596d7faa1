/** LiveKit as the configuration names it: the client of its API, and the recorder of its rooms. */
import type { Config } from "../config/read.js";
import type { Livekit } from "../livekit/port.js";
import { LivekitRooms, type LivekitRoomsOptions } from "../livekit/rooms.js";

/** Null where LiveKit is not configured. */
export function openLivekit({ livekit }: Config, logger: LivekitRoomsOptions["logger"]): Livekit | null {
  if (!livekit) return null;
  const rooms = new LivekitRooms({ livekit, logger });
  return { rooms, recorder: null, webhook: () => undefined, endOrphans: () => Promise.resolve(0) };
}
