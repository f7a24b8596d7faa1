/** The server's time, once a second, for everything on the page that counts. One timer for all. */
import type { ReplayClient, ServerClock } from "@livekit-replay/client";
import { useSyncExternalStore } from "react";
import { useReplay } from "../provider/context.js";

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let tick = 0;

/** Calls back once a second, together with everything else that counts; answers how to stop that. For what moves without rendering. */
export const onTick = (listener: () => void): (() => void) => {
  listeners.add(listener);
  timer ??= setInterval(() => {
    tick += 1;
    for (const told of listeners) told();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
};

const readTick = (): number => tick;

/** Server time in ms, for a component; renders again each second. */
export const useNow = (clock?: ServerClock): number => {
  const replay: { client: ReplayClient } = useReplay();
  useSyncExternalStore(onTick, readTick, readTick);
  return (clock ?? replay.client.clock).now();
};
