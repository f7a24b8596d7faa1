/** A list of my clips in a component. */
import { useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { useConnection, useMeStream } from "../me/use-me.js";
import { useReplay } from "../provider/context.js";
import { useValue } from "../store/value.js";
import { awayPlaces, entriesOf, type Entry } from "./entries.js";
import type { LibraryQuery, LibraryState, LibraryStore } from "./library-store.js";

/** The list that is shown: the last one until the wanted one is there. */
export interface LibraryList {
  readonly store: LibraryStore;
  readonly entries: readonly Entry[];
  readonly state: LibraryState;
  /** The wanted list is not there yet. */
  readonly isLoading: boolean;
  /** Why the wanted list is not there, or not all of it. */
  readonly error: Error | null;
}

/** Clips that are being deleted are left out. */
export const useLibrary = ({ q, sort, pageSize }: LibraryQuery): LibraryList => {
  const { libraries, removals } = useReplay();
  useMeStream();
  const wanted = useMemo(() => libraries.of({ q, sort, pageSize }), [libraries, q, sort, pageSize]);
  const [shown, show] = useState(wanted);
  const { total, error } = useValue(wanted.value);
  if (shown !== wanted && total !== undefined) show(wanted);
  // A list of thousands that has changed is drawn between the pictures of the screen.
  const state = useDeferredValue(useValue(shown.value));
  const hidden = useDeferredValue(useValue(removals.value));
  useEffect(() => wanted.open(), [wanted]);
  // Events that came while the stream was not open are not sent again.
  const connection = useConnection().state;
  const wasCut = useRef(false);
  useEffect(() => {
    if (connection === "reconnecting") wasCut.current = true;
    if (connection !== "open" || !wasCut.current) return;
    wasCut.current = false;
    void wanted.renew();
  }, [connection, wanted]);
  const { total: length = 0, clips } = state;
  // What is loaded comes often, and changes the list itself only where something is away.
  const away = useMemo(() => awayPlaces(clips, hidden).join(" "), [clips, hidden]);
  const entries = useMemo(() => entriesOf(length, away === "" ? [] : away.split(" ").map(Number)), [length, away]);
  return { store: shown, entries, state, isLoading: total === undefined, error };
};
