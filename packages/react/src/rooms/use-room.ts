/** A room in a component. */
import type { RoomEvent } from "@livekit-replay/contract";
import { useCallback, useEffect, useEffectEvent, useSyncExternalStore } from "react";
import { useReplay } from "../provider/context.js";
import type { RoomSnapshot } from "./store.js";

/** The sessions of a room, live. While a component uses it, the person counts as in the room. `onEvent` hears each event after it was taken in. */
export const useRoom = (roomName: string, onEvent?: (event: RoomEvent) => void): RoomSnapshot => {
  const { rooms } = useReplay();
  const hear = useEffectEvent((event: RoomEvent) => onEvent?.(event));
  const subscribe = useCallback(
    (changed: () => void) => {
      const release = rooms.acquire(roomName);
      const stop = rooms.value(roomName).subscribe(changed);
      return () => {
        stop();
        release();
      };
    },
    [rooms, roomName],
  );
  useEffect(() => rooms.acquire(roomName, (event) => hear(event)), [rooms, roomName]);
  const read = (): RoomSnapshot => rooms.value(roomName).get();
  return useSyncExternalStore(subscribe, read, read);
};
