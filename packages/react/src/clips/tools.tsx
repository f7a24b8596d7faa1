/** Above a list of clips: search, order, how many there are. */
import { clipQuerySchema, type ClipQuery } from "@livekit-replay/contract";
import type { ReactElement } from "react";
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

type Sort = ClipQuery["sort"];
const sorts = clipQuerySchema.shape.sort.unwrap().options;

/** What a library shows: search and order. */
export interface LibraryView {
  readonly q: string;
  readonly sort: Sort;
}

/** What is asked for, and how to ask for something else. */
export interface LibraryToolsProps {
  readonly view: LibraryView;
  readonly onView: (view: LibraryView) => void;
  /** How many clips there are; undefined while that is not known. */
  readonly count: number | undefined;
}

const Order = ({ view, onView }: Omit<LibraryToolsProps, "count">): ReactElement => {
  const text = useText();
  return (
    <Select className="replay-sort" value={view.sort} onChange={(key) => onView({ ...view, sort: clipQuerySchema.shape.sort.parse(key) })}>
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
  );
};

/** The line. */
export const LibraryTools = ({ view, onView, count }: LibraryToolsProps): ReactElement => {
  const text = useText();
  const said = count === undefined ? "" : count === 1 ? text(texts.oneClip) : text(texts.clipCount, { count: count.toLocaleString() });
  return (
    <div className="replay-library-tools">
      <SearchField className="replay-search" value={view.q} onChange={(q) => onView({ ...view, q })} aria-label={text(texts.search)}>
        <Input placeholder={text(texts.search)} />
        {view.q !== "" && (
          <Button className="replay-search-clear">
            <Glyph name="close" />
          </Button>
        )}
      </SearchField>
      <Order view={view} onView={onView} />
      <p className="replay-library-count" role="status">
        {said}
      </p>
    </div>
  );
};
