/** A viewer of somebody's share in a component. */
import { useCallback, useState } from "react";
import { useReplay } from "../provider/context.js";
import { useValue } from "../store/value.js";
import { Watch, type WatchState } from "./watch.js";

/** A viewer, what it sees, and the `ref` of its media element. */
export interface WatchView {
  readonly watch: Watch;
  readonly state: WatchState;
  readonly video: (element: HTMLVideoElement | null) => (() => void) | undefined;
}

/** Watches a person's share in a room for as long as the component is there. Another person needs another `key`. */
export const useWatch = (roomName: string, userId: string): WatchView => {
  const { livekit } = useReplay();
  const [watch] = useState(() => new Watch({ rooms: livekit, roomName, userId }));
  const state = useValue(watch.value);
  const video = useCallback((element: HTMLVideoElement | null) => (element === null ? undefined : watch.attach(element)), [watch]);
  return { watch, state, video };
};
