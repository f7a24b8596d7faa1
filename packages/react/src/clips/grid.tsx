/** The cards of a list of any length: only those in view are there. Arrows go from card to card, Space chooses, Enter opens, F2 renames. */
import type { Clip } from "@livekit-replay/contract";
import {
  createContext,
  memo,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type ComponentProps,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
} from "react";
import { GridList, GridListItem } from "react-aria-components/GridList";
import { Virtualizer } from "react-aria-components/Virtualizer";
import { useText } from "../provider/context.js";
import { texts } from "../texts/english.js";
import { CheapRows } from "./cheap-rows.js";
import { CardLayout } from "./card-layout.js";
import { ClipCard } from "./card.js";
import type { Entry } from "./entries.js";
import type { LibraryStore } from "./library-store.js";
import { useAtRest, useScrollWatch } from "./rest.js";
import type { ClipSelection } from "./selection.js";

/** What a card can be asked to do by an application's own menu. */
export interface CardControl {
  /** Renames it where it stands; undefined where the person may not. */
  readonly rename: (() => void) | undefined;
}

/** Where cards lead and what they carry. */
export interface GridActions {
  readonly hrefOf: (clip: Clip) => string;
  readonly actionsOf?: ((clip: Clip, control: CardControl) => ReactNode) | undefined;
  /** Delete was pressed: on the chosen clips, or on the one that has the focus. */
  readonly onDelete?: ((clips: readonly Clip[]) => void) | undefined;
  /** Says an error in the application's words. */
  readonly sayError: (error: unknown) => string;
}

/** What is shown, and what was chosen of it. */
export interface ClipGridProps extends GridActions {
  readonly store: LibraryStore;
  readonly entries: readonly Entry[];
  /** Undefined: nothing can be chosen. */
  readonly selection: ClipSelection | undefined;
}

interface GridContext extends GridActions {
  readonly store: LibraryStore;
  readonly renaming: string | undefined;
  readonly rename: (clipId: string | undefined) => void;
  readonly canChoose: boolean;
}

const GridOf = createContext<GridContext | null>(null);

const rowOf = (element: Element | null): HTMLElement | undefined => {
  const row = element?.closest("[role=row][data-key]");
  return row instanceof HTMLElement ? row : undefined;
};

/** What stands at a place; it comes between the pictures of the screen. */
const useClipAt = (store: LibraryStore, place: number): Clip | undefined => {
  const read = (): Clip | undefined => store.clipAt(place);
  return useDeferredValue(useSyncExternalStore(store.value.subscribe, read, read));
};

interface SlotProps {
  readonly grid: GridContext;
  readonly entry: Entry;
  /** Undefined while it is not loaded. */
  readonly clip: Clip | undefined;
}

/** Pictures and words come first: what is to be pressed follows when the list stands still. */
const Slot = ({ grid, entry, clip }: SlotProps): ReactElement => {
  const place = useRef<HTMLDivElement>(null);
  const isWhole = useAtRest();
  const { store } = grid;
  useEffect(() => store.look(entry.place), [store, entry.place]);
  if (clip === undefined) {
    return (
      <div className="replay-card replay-skeleton" aria-hidden="true">
        <div className="replay-card-picture" />
      </div>
    );
  }
  const { hrefOf, actionsOf, renaming, rename, canChoose, sayError } = grid;
  const control = { rename: clip.can.edit ? () => rename(clip.id) : undefined };
  return (
    <div ref={place} className="replay-slot">
      <ClipCard
        clip={clip}
        href={hrefOf(clip)}
        actions={isWhole ? actionsOf?.(clip, control) : undefined}
        canChoose={canChoose && isWhole}
        isStill={!isWhole}
        sayError={sayError}
        {...(renaming === clip.id && {
          onRenamed: () => {
            rename(undefined);
            rowOf(place.current)?.focus();
          },
        })}
      />
    </div>
  );
};

/** The line itself; it has the name of the clip in it. */
const Row = ({ grid, entry, ...row }: ComponentProps<"div"> & Omit<SlotProps, "clip">): ReactElement => (
  <div {...row} aria-rowindex={entry.id + 1} aria-label={useClipAt(grid.store, entry.place)?.title ?? "…"} />
);

/** A clip that comes to stand at a place is drawn from its beginning. */
const Place = ({ grid, entry }: Omit<SlotProps, "clip">): ReactElement => {
  const clip = useClipAt(grid.store, entry.place);
  return <Slot key={clip?.id ?? entry.place} grid={grid} entry={entry} clip={clip} />;
};

/** The same for every list, so that what was drawn of one entry is kept. */
const draw = (entry: Entry): ReactElement => (
  <GridListItem
    className="replay-row"
    textValue="…"
    render={(row) => <GridOf.Consumer>{(grid) => grid && <Row {...row} grid={grid} entry={entry} />}</GridOf.Consumer>}
    onAction={() => document.querySelector<HTMLElement>(`.replay-row[data-key="${entry.id}"] .replay-card-link`)?.click()}
  >
    <GridOf.Consumer>{(grid) => grid && <Place grid={grid} entry={entry} />}</GridOf.Consumer>
  </GridListItem>
);

/** How large letters are here. */
const remPx = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

type KeyActions = Pick<ClipGridProps, "store" | "entries" | "selection" | "onDelete"> & { readonly rename: (clipId: string) => void };

/** Keys of the whole grid, wherever in it the focus is. True: the key was for it. */
const pressed = (event: KeyboardEvent, { store, entries, selection, onDelete, rename }: KeyActions): boolean => {
  if (event.target instanceof HTMLInputElement && event.target.type !== "checkbox") return false;
  const clip = store.clipAt(entries[Number(rowOf(document.activeElement)?.dataset["key"] ?? -1)]?.place ?? -1);
  if (event.key === "F2" && clip?.can.edit === true) rename(clip.id);
  else if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey) && selection !== undefined) selection.chooseAll();
  else if (event.key === "Escape" && selection !== undefined && selection.clips.length > 0) selection.clear();
  else if (event.key === "Delete" && onDelete !== undefined) {
    const chosen = selection !== undefined && selection.clips.length > 0 ? selection.clips : clip === undefined ? [] : [clip];
    onDelete(chosen.filter((one) => one.can.delete));
  } else return false;
  return true;
};

/** The grid. What is loaded of the list changes nothing but what is drawn at its place. */
export const ClipGrid = memo(({ store, entries, selection, hrefOf, actionsOf, onDelete, sayError }: ClipGridProps): ReactElement => {
  const text = useText();
  useScrollWatch();
  const [renaming, rename] = useState<string | undefined>(undefined);
  const [layoutOptions] = useState(() => ({ remPx: remPx() }));
  const canChoose = selection !== undefined;
  const context = useMemo(
    () => ({ store, hrefOf, actionsOf, sayError, renaming, rename, canChoose }),
    [store, hrefOf, actionsOf, sayError, renaming, canChoose],
  );
  return (
    <GridOf value={context}>
      <div
        className="replay-grid-place"
        data-choosing={(selection?.keys.size ?? 0) > 0 || undefined}
        onKeyDownCapture={(event) => {
          if (!pressed(event, { store, entries, selection, onDelete, rename })) return;
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        <Virtualizer layout={CardLayout} layoutOptions={layoutOptions}>
          <CheapRows>
            <GridList
              className="replay-rows"
              aria-label={text(texts.libraryLabel)}
              layout="grid"
              items={entries}
              disabledBehavior="selection"
              disallowTypeAhead
              {...(selection && { selectionMode: "multiple" as const, selectedKeys: selection.keys, onSelectionChange: selection.choose })}
            >
              {draw}
            </GridList>
          </CheapRows>
        </Virtualizer>
      </div>
    </GridOf>
  );
});
