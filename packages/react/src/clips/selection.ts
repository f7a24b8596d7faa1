/** Which clips of a list are chosen. */
import type { Clip } from "@livekit-replay/contract";
import { useMemo, useState } from "react";
import type { Selection } from "react-aria-components/GridList";
import type { Entry } from "./entries.js";

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

/** The entries of these clips, in their order, at most as many as can be chosen. */
export const chosenOf = (entries: readonly Entry[], clipIds: ReadonlySet<string>): Entry[] => {
  const chosen: Entry[] = [];
  if (clipIds.size === 0) return chosen;
  for (const entry of entries) {
    if (entry.clip !== undefined && clipIds.has(entry.clip.id) && chosen.length < MOST_CHOSEN) chosen.push(entry);
  }
  return chosen;
};

interface Chosen {
  readonly clipIds: ReadonlySet<string>;
  /** As React Aria gave them: they also know where a stretch begins. */
  readonly keys: Keys;
  /** All that are wanted are not loaded yet: each that comes is chosen as well. */
  readonly all: boolean;
}

const none: Chosen = { clipIds: new Set(), keys: new Set(), all: false };

const keysOf = (entries: readonly Entry[], { keys }: Chosen): Keys =>
  entries.length === keys.size && entries.every(({ id }) => keys.has(id)) ? keys : new Set(entries.map(({ id }) => id));

/** The choice of a component that shows these. `loadFirst` loads as many of the beginning of the list as are wanted. */
export const useSelection = (entries: readonly Entry[], loadFirst: (most: number) => Promise<void>): ClipSelection => {
  const [chosen, set] = useState<Chosen>(none);
  const { keys, clips } = useMemo(() => {
    const found = chosen.all ? entries.slice(0, MOST_CHOSEN).filter(({ clip }) => clip !== undefined) : chosenOf(entries, chosen.clipIds);
    return { keys: keysOf(found, chosen), clips: found.flatMap(({ clip }) => clip ?? []) };
  }, [chosen, entries]);
  const chooseAll = (): void => {
    set({ ...none, all: true });
    // What could not be loaded is not chosen.
    loadFirst(MOST_CHOSEN).catch(() => undefined);
  };
  const choose = (next: Selection): void => {
    if (next === "all") return chooseAll();
    const clipIds = new Set([...next].flatMap((key) => entries[Number(key)]?.clip?.id ?? []));
    set({ clipIds, keys: next, all: false });
  };
  return { keys, clips, chooseAll, choose, clear: () => set(none) };
};
