/** My clips: search, order, pages, and a card for each. */
import { clipQuerySchema, type Clip, type ClipPage, type ClipQuery } from "@livekit-replay/contract";
import { useDeferredValue, useState, type ReactElement, type ReactNode } from "react";
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
import { ClipCard } from "./card.js";
import { useClips } from "./use-clips.js";

type Sort = ClipQuery["sort"];
const sorts = clipQuerySchema.shape.sort.unwrap().options;

/** Where cards lead and what they carry. */
export interface ClipLibraryProps {
  readonly hrefOf: (clip: Clip) => string;
  readonly actionsOf?: (clip: Clip) => ReactNode;
  /** What stands there when the person has no clips. Default: a sentence. */
  readonly empty?: ReactNode;
  /** Clips of a page. Default 24. */
  readonly pageSize?: number;
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

/** The library. It asks the server for each page; a new page replaces the old one only when it is there. */
export const ClipLibrary = ({ hrefOf, actionsOf, empty, pageSize = 24 }: ClipLibraryProps): ReactElement => {
  const text = useText();
  const [q, setSearch] = useState("");
  const [sort, setSort] = useState<Sort>("newest");
  const [page, setPage] = useState(1);
  const wanted = useDeferredValue(q.trim());
  const clips = useClips({ q: wanted, sort, page, pageSize });
  const onSearch = (next: string): void => {
    setSearch(next);
    setPage(1);
  };
  const onSort = (next: Sort): void => {
    setSort(next);
    setPage(1);
  };
  if (clips.isLoadingError) {
    return (
      <div className="replay-nothing" role="alert">
        <h2>{text(texts.libraryFailed)}</h2>
        <p>{clips.error.message}</p>
        <Button className="replay-button" onPress={() => void clips.refetch()}>
          {text(texts.again)}
        </Button>
      </div>
    );
  }
  const found = clips.data;
  const nothingAtAll = found !== undefined && found.total === 0 && wanted === "";
  return (
    <section className="replay-library" aria-label={text(texts.libraryLabel)} aria-busy={clips.isFetching}>
      {!nothingAtAll && <Tools q={q} sort={sort} onSearch={onSearch} onSort={onSort} />}
      {found === undefined && <Skeleton />}
      {found !== undefined && found.items.length === 0 && <Nothing q={wanted} empty={empty} />}
      {found !== undefined && found.items.length > 0 && (
        <div className="replay-grid">
          {found.items.map((clip) => (
            <ClipCard key={clip.id} clip={clip} href={hrefOf(clip)} actions={actionsOf?.(clip)} />
          ))}
        </div>
      )}
      {found !== undefined && <Pages page={found} onPage={setPage} />}
    </section>
  );
};
