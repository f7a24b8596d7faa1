/** My clips: search, order, pages, and a card for each. */
import { clipQuerySchema, type Clip, type ClipPage, type ClipQuery } from "@livekit-replay/contract";
import { useDeferredValue, useState, type KeyboardEvent, type ReactElement, type ReactNode } from "react";
import { Button } from "react-aria-components/Button";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { ListBox, ListBoxItem } from "react-aria-components/ListBox";
import { Popover } from "react-aria-components/Popover";
import { SearchField } from "react-aria-components/SearchField";
import { Select, SelectValue } from "react-aria-components/Select";
import { Glyph } from "../player/glyph.js";
import { useText } from "../provider/context.js";
import { texts } from "../texts/english.js";
import { ClipCard, type ClipChoice } from "./card.js";
import { useSelection, type ClipSelection } from "./selection.js";
import { useClips } from "./use-clips.js";

type Sort = ClipQuery["sort"];
const sorts = clipQuerySchema.shape.sort.unwrap().options;

/** Where cards lead and what they carry. */
export interface ClipLibraryProps {
  readonly hrefOf: (clip: Clip) => string;
  readonly actionsOf?: (clip: Clip) => ReactNode;
  /** Clips can be chosen, and this is what can be done with those that are; `clear` gives the choice back. */
  readonly actionsOfMany?: (clips: readonly Clip[], clear: () => void) => ReactNode;
  /** What stands there when the person has no clips. Default: a sentence. */
  readonly empty?: ReactNode;
  /** Clips of a page, at most 100. Default 24. */
  readonly pageSize?: number;
  /** What is shown, where the application keeps it (in the address, for example). Default: the library keeps it itself. */
  readonly view?: LibraryView;
  /** With `view`: something else is to be shown. */
  readonly onView?: (view: LibraryView) => void;
}

interface ToolsProps {
  readonly q: string;
  readonly sort: Sort;
  readonly onSearch: (q: string) => void;
  readonly onSort: (sort: Sort) => void;
}

const Tools = ({ q, sort, onSearch, onSort }: ToolsProps): ReactElement => {
  const text = useText();
  return (
    <div className="replay-library-tools">
      <SearchField className="replay-search" value={q} onChange={onSearch} aria-label={text(texts.search)}>
        <Input placeholder={text(texts.search)} />
      </SearchField>
      <Select className="replay-sort" value={sort} onChange={(key) => onSort(clipQuerySchema.shape.sort.parse(key))}>
        <Label className="replay-sort-label">{text(texts.sort)}</Label>
        <Button className="replay-button">
          <SelectValue />
          <span aria-hidden="true">▾</span>
        </Button>
        <Popover className="replay-popover">
          <ListBox className="replay-list">
            {sorts.map((name) => (
              <ListBoxItem key={name} id={name} className="replay-list-item">
                {text(texts[`sort_${name}`])}
              </ListBoxItem>
            ))}
          </ListBox>
        </Popover>
      </Select>
    </div>
  );
};

const Pages = ({ page, onPage }: { readonly page: ClipPage; readonly onPage: (page: number) => void }): ReactElement | null => {
  const text = useText();
  const pages = Math.max(1, Math.ceil(page.total / page.pageSize));
  if (pages === 1 && page.page === 1) return null;
  return (
    <nav className="replay-pages" aria-label={text(texts.pageOf, { page: page.page, pages })}>
      <Button
        className="replay-control"
        aria-label={text(texts.previousPage)}
        isDisabled={page.page <= 1}
        onPress={() => onPage(page.page - 1)}
      >
        <Glyph name="chevronLeft" />
      </Button>
      <span>{text(texts.pageOf, { page: page.page, pages })}</span>
      <Button
        className="replay-control"
        aria-label={text(texts.nextPage)}
        isDisabled={page.page >= pages}
        onPress={() => onPage(page.page + 1)}
      >
        <Glyph name="chevronRight" />
      </Button>
    </nav>
  );
};

const Skeleton = (): ReactElement => {
  const text = useText();
  return (
    <div className="replay-grid" role="progressbar" aria-label={text(texts.loading)}>
      {["a", "b", "c", "d", "e", "f"].map((name) => (
        <div key={name} className="replay-card replay-skeleton">
          <div className="replay-card-picture" />
        </div>
      ))}
    </div>
  );
};

const Nothing = ({ q, empty }: { readonly q: string; readonly empty: ReactNode }): ReactElement => {
  const text = useText();
  if (q !== "") return <p className="replay-nothing">{text(texts.noMatch, { query: q })}</p>;
  if (empty !== undefined) return <>{empty}</>;
  return (
    <div className="replay-nothing">
      <h2>{text(texts.noClips)}</h2>
      <p>{text(texts.noClipsHow)}</p>
    </div>
  );
};

/** What a library shows: search, order, page. */
export interface LibraryView {
  readonly q: string;
  readonly sort: Sort;
  readonly page: number;
}

/** The library as it is opened. */
const first: LibraryView = { q: "", sort: "newest", page: 1 };

interface ManyProps {
  readonly selection: ClipSelection;
  readonly clips: readonly Clip[];
  readonly actionsOfMany: (clips: readonly Clip[], clear: () => void) => ReactNode;
}

/** What can be done with the chosen clips. */
const Many = ({ selection, clips, actionsOfMany }: ManyProps): ReactElement | null => {
  const text = useText();
  if (selection.ids.size === 0) return null;
  return (
    <div className="replay-many" role="group" aria-label={text(texts.chosenCount, { count: selection.ids.size })}>
      <span className="replay-many-count" role="status">
        {text(texts.chosenCount, { count: selection.ids.size })}
      </span>
      {selection.ids.size < clips.length && (
        <Button className="replay-button" onPress={selection.all}>
          {text(texts.chooseAll)}
        </Button>
      )}
      {actionsOfMany(
        clips.filter((clip) => selection.ids.has(clip.id)),
        selection.clear,
      )}
      <Button className="replay-button" onPress={selection.clear}>
        {text(texts.chooseNone)}
      </Button>
    </div>
  );
};

type GridProps = Pick<ClipLibraryProps, "hrefOf" | "actionsOf" | "actionsOfMany"> & { readonly clips: readonly Clip[] };

/** The cards. Escape gives the choice back, Ctrl or Cmd and A chooses all that are shown. */
const Grid = ({ clips, hrefOf, actionsOf, actionsOfMany }: GridProps): ReactElement => {
  const selection = useSelection(clips.map((clip) => clip.id));
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLInputElement && event.target.type !== "checkbox") return;
    if (event.key === "Escape" && selection.ids.size > 0) selection.clear();
    else if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) selection.all();
    else return;
    event.preventDefault();
  };
  const choiceOf = (clip: Clip): { choice?: ClipChoice } =>
    actionsOfMany === undefined
      ? {}
      : { choice: { chosen: selection.ids.has(clip.id), onToggle: (stretch) => selection.toggle(clip.id, stretch) } };
  return (
    <>
      {actionsOfMany !== undefined && <Many selection={selection} clips={clips} actionsOfMany={actionsOfMany} />}
      <div
        className="replay-grid"
        data-choosing={selection.ids.size > 0 || undefined}
        {...(actionsOfMany === undefined ? {} : { onKeyDown })}
      >
        {clips.map((clip) => (
          <ClipCard key={clip.id} clip={clip} href={hrefOf(clip)} actions={actionsOf?.(clip)} {...choiceOf(clip)} />
        ))}
      </div>
    </>
  );
};

const Failed = ({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }): ReactElement => {
  const text = useText();
  return (
    <div className="replay-nothing" role="alert">
      <h2>{text(texts.libraryFailed)}</h2>
      <p>{error.message}</p>
      <Button className="replay-button" onPress={onRetry}>
        {text(texts.again)}
      </Button>
    </div>
  );
};

/** The library. It asks the server for each page; a new page replaces the old one only when it is there. */
export const ClipLibrary = ({
  hrefOf,
  actionsOf,
  actionsOfMany,
  empty,
  pageSize = 24,
  view: given,
  onView,
}: ClipLibraryProps): ReactElement => {
  const text = useText();
  const [own, setOwn] = useState<LibraryView>(first);
  const view = given ?? own;
  const wanted = useDeferredValue(view.q.trim());
  const clips = useClips({ q: wanted, sort: view.sort, page: view.page, pageSize });
  const show = (next: Partial<LibraryView>): void => (onView ?? setOwn)({ ...view, page: 1, ...next });
  if (clips.isError) return <Failed error={clips.error} onRetry={() => void clips.refetch()} />;
  const found = clips.data;
  const nothingAtAll = found !== undefined && found.total === 0 && wanted === "";
  return (
    <section className="replay-library" aria-label={text(texts.libraryLabel)} aria-busy={clips.isFetching}>
      {!nothingAtAll && <Tools q={view.q} sort={view.sort} onSearch={(q) => show({ q })} onSort={(sort) => show({ sort })} />}
      {found === undefined && <Skeleton />}
      {found !== undefined && found.items.length === 0 && <Nothing q={wanted} empty={empty} />}
      {found !== undefined && found.items.length > 0 && (
        <Grid clips={found.items} hrefOf={hrefOf} {...(actionsOf && { actionsOf })} {...(actionsOfMany && { actionsOfMany })} />
      )}
      {found !== undefined && <Pages page={found} onPage={(page) => show({ page })} />}
    </section>
  );
};
