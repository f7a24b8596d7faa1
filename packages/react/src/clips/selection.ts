/** Which clips of a list are chosen. */
import type { Clip } from "@livekit-replay/contract";
import { useCallback, useMemo, useState } from "react";
import type { Selection } from "react-aria-components/GridList";
import type { Entry } from "./entries.js";
import type { LibraryStore } from "./library-store.js";

/** So many can be chosen at once: what is done with them is done to each. */
export const MOST_CHOSEN = 200;

/** Names of lines, as React Aria has them: numbers of entries. */
type Keys = ReadonlySet<string | number>;

/** A choice of clips. Those that the list does not show any more are not part of it. */
export interface ClipSelection {
  readonly keys: Keys;
  readonly clips: readonly Clip[];
  readonly choose: (keys: Selection) => void;
  /** All of the list, or as many as can be chosen at once. */
  readonly chooseAll: () => void;
  readonly clear: () => void;
}

/** A line of which the clip is known. */
export interface LoadedEntry {
  readonly id: number;
  readonly clip: Clip;
}

/** Lines that are chosen, in their order, at most as many as can be; `clipIds` undefined: all. What is not loaded is not chosen. */
export const chosenOf = (
  entries: readonly Entry[],
  clips: ReadonlyMap<number, Clip>,
  clipIds: ReadonlySet<string> | undefined,
): LoadedEntry[] => {
  const chosen: LoadedEntry[] = [];
  if (clipIds?.size === 0) return chosen;
  for (const { id, place } of entries) {
    const clip = clips.get(place);
    if (clip === undefined || clipIds?.has(clip.id) === false) continue;
    chosen.push({ id, clip });
    if (chosen.length >= MOST_CHOSEN) break;
  }
  return chosen;
};

interface Chosen {
  /** Undefined: all that are wanted are not loaded yet, and each that comes is chosen as well. */
  readonly clipIds: ReadonlySet<string> | undefined;
  /** As React Aria gave them: they also know where a stretch begins. */
  readonly keys: Keys;
}

const none: Chosen = { clipIds: new Set(), keys: new Set() };
const nothing: readonly Clip[] = [];

const keysOf = (found: readonly LoadedEntry[], { keys }: Chosen): Keys =>
  found.length === keys.size && found.every(({ id }) => keys.has(id)) ? keys : new Set(found.map(({ id }) => id));

/** The choice of a component that shows these lines of a list, of which so much is `loaded`. The same thing as long as nothing of it changes. */
export const useSelection = (entries: readonly Entry[], loaded: ReadonlyMap<number, Clip>, store: LibraryStore): ClipSelection => {
  const [chosen, set] = useState<Chosen>(none);
  // While nothing is chosen, what is loaded changes nothing.
  const among = chosen.clipIds?.size === 0 ? undefined : loaded;
  const { keys, clips } = useMemo(() => {
    if (among === undefined) return { keys: none.keys, clips: nothing };
    const found = chosenOf(entries, among, chosen.clipIds);
    return { keys: keysOf(found, chosen), clips: found.map(({ clip }) => clip) };
  }, [chosen, entries, among]);
  const chooseAll = useCallback((): void => {
    set({ clipIds: undefined, keys: none.keys });
    // What could not be loaded is not chosen.
    store.loadFirst(MOST_CHOSEN).catch(() => undefined);
  }, [store]);
  const choose = useCallback(
    (next: Selection): void => {
      if (next === "all") return chooseAll();
      const clipIds = [...next].flatMap((key) => store.clipAt(entries[Number(key)]?.place ?? -1)?.id ?? []);
      set({ clipIds: new Set(clipIds), keys: next });
    },
    [entries, store, chooseAll],
  );
  const clear = useCallback((): void => set(none), []);
  return useMemo(() => ({ keys, clips, chooseAll, choose, clear }), [keys, clips, chooseAll, choose, clear]);
};
