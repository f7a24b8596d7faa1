/** A LiveKit room in a component. */
import { useCallback, useMemo, useSyncExternalStore } from "react";
import { useReplay } from "../provider/context.js";
import { notJoined, type LivekitSnapshot } from "./snapshot.js";

/** The room as it is, and how to try again after a failure. */
export interface LivekitRoomView extends LivekitSnapshot {
  readonly retry: () => void;
}

/** In the room while the component is there. `enabled` is false where the server has no LiveKit (`me.livekit`): nothing is loaded then. */
export const useLivekitRoom = (roomName: string, enabled: boolean): LivekitRoomView => {
  const { livekit } = useReplay();
  const subscribe = useCallback(
    (changed: () => void) => {
      if (!enabled) return () => undefined;
      const { membership, release } = livekit.acquire(roomName);
      const stop = membership.value.subscribe(changed);
      return () => {
        stop();
        release();
      };
    },
    [livekit, roomName, enabled],
  );
  const read = (): LivekitSnapshot => (enabled ? livekit.find(roomName)?.value.get() : undefined) ?? notJoined;
  const snapshot = useSyncExternalStore(subscribe, read, read);
  return useMemo(() => ({ ...snapshot, retry: () => livekit.find(roomName)?.retry() }), [snapshot, livekit, roomName]);
};
