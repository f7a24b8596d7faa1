/** My clips: search, order, and one list of all of them, of which only what is in view is loaded and drawn. */
import type { Clip } from "@livekit-replay/contract";
import { useDeferredValue, useEffect, useEffectEvent, useRef, useState, type ReactElement, type ReactNode, type RefObject } from "react";
import { Button } from "react-aria-components/Button";
import { useText } from "../provider/context.js";
import { plainError } from "../sharing/clips-of-share.js";
import { texts } from "../texts/english.js";
import { ClipGrid, type CardControl } from "./grid.js";
import type { LibraryState, LibraryStore } from "./library-store.js";
import { useSelection, type ClipSelection } from "./selection.js";
import { LibraryTools, type LibraryView } from "./tools.js";
import { useLibrary } from "./use-library.js";

/** Where cards lead and what they carry. */
export interface ClipLibraryProps {
  readonly hrefOf: (clip: Clip) => string;
  /** Buttons of a card; `control` says what the card itself can do. */
  readonly actionsOf?: (clip: Clip, control: CardControl) => ReactNode;
  /** Clips can be chosen, and this is what can be done with those that are; `clear` gives the choice back. */
  readonly actionsOfMany?: (clips: readonly Clip[], clear: () => void) => ReactNode;
  /** The Delete key was pressed: on the chosen clips, or on the one that has the focus. */
  readonly onDelete?: (clips: readonly Clip[]) => void;
  /** What stands there when the person has no clips. Default: a sentence. */
  readonly empty?: ReactNode;
  /** Clips that are asked for at once, at most 100. Default 50. */
  readonly pageSize?: number;
  /** What is shown, where the application keeps it (in the address, for example). Default: the library keeps it itself. */
  readonly view?: LibraryView;
  /** With `view`: something else is to be shown. */
  readonly onView?: (view: LibraryView) => void;
  /** Says an error in the application's words. Default: the server's. */
  readonly sayError?: (error: unknown) => string;
}

const Skeleton = (): ReactElement => {
  const text = useText();
  return (
    <div className="replay-grid" role="progressbar" aria-label={text(texts.loading)}>
      {["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => (
        <div key={name} className="replay-card replay-skeleton">
          <div className="replay-card-picture" />
        </div>
      ))}
    </div>
  );
};

interface NothingProps {
  readonly q: string;
  readonly empty: ReactNode;
  readonly onAll: () => void;
}

const Nothing = ({ q, empty, onAll }: NothingProps): ReactElement => {
  const text = useText();
  if (q !== "")
    return (
      <div className="replay-nothing">
        <p>{text(texts.noMatch, { query: q })}</p>
        <Button className="replay-button" onPress={onAll}>
          {text(texts.showAll)}
        </Button>
      </div>
    );
  if (empty !== undefined) return <>{empty}</>;
  return (
    <div className="replay-nothing">
      <h2>{text(texts.noClips)}</h2>
      <p>{text(texts.noClipsHow)}</p>
    </div>
  );
};

/** The library as it is opened. */
const first: LibraryView = { q: "", sort: "newest" };

interface ManyProps {
  readonly selection: ClipSelection;
  /** How many there are to be chosen. */
  readonly count: number;
  readonly actionsOfMany: (clips: readonly Clip[], clear: () => void) => ReactNode;
}

/** What can be done with the chosen clips. */
const Many = ({ selection: { clips, chooseAll, clear }, count, actionsOfMany }: ManyProps): ReactElement => {
  const text = useText();
  return (
    <div className="replay-many" role="group" aria-label={text(texts.chosenCount, { count: clips.length })}>
      <span className="replay-many-count" role="status">
        {text(texts.chosenCount, { count: clips.length })}
      </span>
      {clips.length < count && (
        <Button className="replay-button" onPress={chooseAll}>
          {text(texts.chooseAll)}
        </Button>
      )}
      <Button className="replay-button" onPress={clear}>
        {text(texts.chooseNone)}
      </Button>
      <div className="replay-many-actions">{actionsOfMany(clips, clear)}</div>
    </div>
  );
};

interface FailedProps {
  readonly error: Error;
  readonly sayError: (error: unknown) => string;
  readonly onRetry: () => void;
}

const Failed = ({ error, sayError, onRetry }: FailedProps): ReactElement => {
  const text = useText();
  return (
    <div className="replay-nothing" role="alert">
      <h2>{text(texts.libraryFailed)}</h2>
      <p>{sayError(error)}</p>
      <Button className="replay-button" onPress={onRetry}>
        {text(texts.again)}
      </Button>
    </div>
  );
};

/** Nobody is in the middle of anything: the list begins in view, and neither the pointer nor the focus is in it. */
const isAtRest = (place: HTMLElement): boolean =>
  place.getBoundingClientRect().top >= 0 && !place.contains(document.activeElement) && !place.matches(":hover");

interface NewsProps {
  readonly store: LibraryStore;
  readonly state: LibraryState;
  readonly place: RefObject<HTMLElement | null>;
  /** Something is chosen: the list stays as it is. */
  readonly held: boolean;
}

/** Clips that were kept since: they come by themselves only where nobody would lose their place. */
const News = ({ store, state: { news }, place, held }: NewsProps): ReactElement | null => {
  const text = useText();
  const look = useEffectEvent(() => {
    if (news > 0 && !held && place.current !== null && isAtRest(place.current)) void store.refresh();
  });
  useEffect(() => look(), [news]);
  if (news === 0) return null;
  const show = async (): Promise<void> => {
    await store.refresh();
    place.current?.scrollIntoView({ block: "start" });
  };
  return (
    <div className="replay-news">
      <Button className="replay-button" onPress={() => void show()}>
        {news === 1 ? text(texts.newClip) : text(texts.newClips, { count: news })}
      </Button>
    </div>
  );
};

type ListProps = Omit<ClipLibraryProps, "view" | "onView"> & { readonly view: LibraryView; readonly onView: (view: LibraryView) => void };

const List = (props: ListProps): ReactElement => {
  const { view, onView, hrefOf, actionsOf, actionsOfMany, onDelete, empty, pageSize = 50, sayError = plainError } = props;
  const text = useText();
  const place = useRef<HTMLElement>(null);
  const q = useDeferredValue(view.q.trim());
  const { store, entries, state, isLoading, error } = useLibrary({ q, sort: view.sort, pageSize });
  const selection = useSelection(entries, state.clips, store);
  const isThere = state.total !== undefined;
  const nothingAtAll = isThere && entries.length === 0 && q === "";
  const retry = (): void => void store.renew();
  if (error !== null && !isThere) return <Failed error={error} sayError={sayError} onRetry={retry} />;
  return (
    <section ref={place} className="replay-library" aria-label={text(texts.libraryLabel)} aria-busy={isLoading}>
      {/* One takes the place of the other, so that the list stays where it is. */}
      {actionsOfMany !== undefined && selection.clips.length > 0 ? (
        <Many selection={selection} count={entries.length} actionsOfMany={actionsOfMany} />
      ) : (
        !nothingAtAll && <LibraryTools view={view} onView={onView} count={isThere ? entries.length : undefined} />
      )}
      {!isThere && <Skeleton />}
      {isThere && entries.length === 0 && <Nothing q={q} empty={empty} onAll={() => onView({ ...view, q: "" })} />}
      <div>
        <News store={store} state={state} place={place} held={selection.clips.length > 0} />
        {entries.length > 0 && (
          <ClipGrid
            store={store}
            entries={entries}
            selection={actionsOfMany && selection}
            hrefOf={hrefOf}
            actionsOf={actionsOf}
            onDelete={onDelete}
            sayError={sayError}
          />
        )}
      </div>
      {error !== null && <Failed error={error} sayError={sayError} onRetry={retry} />}
    </section>
  );
};

/** The library. What is shown stays until what is asked for is there; what is kept meanwhile waits until nobody looks, or is asked for. */
export const ClipLibrary = ({ view, onView, ...rest }: ClipLibraryProps): ReactElement => {
  const [own, setOwn] = useState<LibraryView>(first);
  return <List {...rest} view={view ?? own} onView={onView ?? setOwn} />;
};
