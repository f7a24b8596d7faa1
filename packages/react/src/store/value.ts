/** A value that can be watched, in a component. */
import type { Readable } from "@livekit-replay/client";
import { useSyncExternalStore } from "react";

export { Value, type Readable } from "@livekit-replay/client";

/** A store's value in a component. */
export const useValue = <T>(store: Readable<T>): T => useSyncExternalStore(store.subscribe, store.get, store.get);
