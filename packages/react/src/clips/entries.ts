/** What a list of clips consists of, loaded or not, in its order. What stands at a place is another question: the list is not another one when it is loaded. */
import type { Clip } from "@livekit-replay/contract";

/** One line of the list. The same thing for the same place, so that what did not change is not drawn again. */
export interface Entry {
  /** Counts from 0. What is not loaded yet, and the clip that comes in its place, are one and the same to who holds the focus. */
  readonly id: number;
  /** In the server's list. */
  readonly place: number;
}

/** Places that are not shown: of what is hidden, and of a clip that stands at two because the list moved between two answers. */
export const awayPlaces = (clips: ReadonlyMap<number, Clip>, hidden: ReadonlySet<string>): number[] => {
  const seen = new Set<string>();
  const away: number[] = [];
  for (const [place, { id }] of [...clips].toSorted(([a], [b]) => a - b)) {
    if (hidden.has(id) || seen.has(id)) away.push(place);
    seen.add(id);
  }
  return away;
};

const known: Entry[] = [];

const entryOf = (id: number, place: number): Entry => {
  const entry = known[id]?.place === place ? known[id] : { id, place };
  known[id] = entry;
  return entry;
};

/** So many lines, without those at the places `away`. */
export const entriesOf = (total: number, away: readonly number[]): Entry[] => {
  const without = new Set(away);
  const entries: Entry[] = [];
  for (let place = 0; place < total; place += 1) if (!without.has(place)) entries.push(entryOf(entries.length, place));
  return entries;
};
