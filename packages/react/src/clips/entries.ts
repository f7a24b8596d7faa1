/** What a list of clips consists of, loaded or not, in its order. */
import type { Clip } from "@livekit-replay/contract";
import type { LibraryState } from "./library-store.js";

/** One line of the list. The same thing for the same clip at the same place, so that what did not change is not drawn again. */
export interface Entry {
  /** Counts from 0. What is not loaded yet, and the clip that comes in its place, are one and the same to who holds the focus. */
  readonly id: number;
  /** In the server's list. */
  readonly place: number;
  readonly clip: Clip | undefined;
}

const ofClip = new WeakMap<Clip, Entry>();
const empty: Entry[] = [];

const entryOf = (clip: Clip | undefined, id: number, place: number): Entry => {
  const known = clip === undefined ? empty[id] : ofClip.get(clip);
  if (known?.id === id && known.place === place) return known;
  const entry = { id, place, clip };
  if (clip === undefined) empty[id] = entry;
  else ofClip.set(clip, entry);
  return entry;
};

/** Without what is hidden. A clip that stands at two places, because the list moved between two answers, is shown once. */
export const entriesOf = ({ total = 0, clips }: Pick<LibraryState, "total" | "clips">, hidden: ReadonlySet<string>): Entry[] => {
  const seen = new Set<string>();
  const entries: Entry[] = [];
  for (let place = 0; place < total; place += 1) {
    const clip = clips.get(place);
    if (clip !== undefined && (hidden.has(clip.id) || seen.has(clip.id))) continue;
    if (clip !== undefined) seen.add(clip.id);
    entries.push(entryOf(clip, entries.length, place));
  }
  return entries;
};
