/** A list of the server's in pages: with search where it can be long, and something to say while it loads, when it fails and when nothing is in it. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState, type ReactElement, type ReactNode } from "react";
import { words } from "../../texts/english.js";
import { useSay } from "../../texts/say.js";
import { Failure, Loading, Nothing, Notice } from "../../ui/notice.js";
import { sentenceOf } from "../../texts/refusal.js";
import { adminKey } from "../form/use-saved.js";
import { views } from "../texts/views.js";
import { Pager } from "./pager.js";
import { Search } from "./search.js";

/** Which part of a list is asked for. */
export interface EntriesQuestion {
  readonly page: number;
  readonly pageSize: number;
  readonly q?: string;
}

/** A page of it. */
export interface EntriesPage<Item> {
  readonly items: readonly Item[];
  readonly page: number;
  readonly pageSize: number;
  readonly total: number;
}

/** A list. */
export interface EntriesProps<Item, Page extends EntriesPage<Item>> {
  /** Names the list in the cache. */
  readonly name: readonly unknown[];
  readonly load: (question: EntriesQuestion, signal: AbortSignal) => Promise<Page>;
  readonly show: (page: Page, busy: boolean) => ReactNode;
  /** What the search field is called; without one there is none. */
  readonly search?: string;
  /** What stands there when nothing is in the list. */
  readonly none: { readonly title: string; readonly how?: string };
  /** Beside the search: what can be added. */
  readonly tools?: ReactNode;
  /** Asked again so often. */
  readonly everyMs?: number;
}

const PAGE_SIZE = 25;

const Empty = ({ q, none }: { readonly q: string; readonly none: EntriesProps<never, never>["none"] }): ReactElement => {
  const say = useSay();
  if (q !== "") return <Nothing title={say(views.noMatch, { query: q })} />;
  return <Nothing title={none.title}>{none.how !== undefined && <p>{none.how}</p>}</Nothing>;
};

/** The list. What was there stays while the next page loads, and while the server cannot be reached. */
export const Entries = <Item, Page extends EntriesPage<Item>>({
  name,
  load,
  show,
  search,
  none,
  tools,
  everyMs,
}: EntriesProps<Item, Page>): ReactElement => {
  const say = useSay();
  const [page, setPage] = useState(1);
  const [q, setQ] = useState("");
  const question = { page, pageSize: PAGE_SIZE, ...(q.trim() === "" ? {} : { q: q.trim() }) };
  const list = useQuery({
    queryKey: [adminKey, ...name, question],
    queryFn: ({ signal }) => load(question, signal),
    placeholderData: keepPreviousData,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
  });
  const { data } = list;
  const last = data === undefined ? page : Math.max(1, Math.ceil(data.total / PAGE_SIZE));
  // The last entry of the last page was removed.
  if (!list.isPlaceholderData && page > last) setPage(last);
  const isShown = data !== undefined && data.total > 0;
  return (
    <div className="admin-list">
      <div className="admin-tools">
        {search !== undefined && (isShown || q !== "") && (
          <Search
            label={search}
            value={q}
            onChange={(typed) => {
              setQ(typed);
              setPage(1);
            }}
          />
        )}
        {tools}
      </div>
      {data === undefined && list.isPending && <Loading label={say(words.loading)} />}
      {data === undefined && list.isError && (
        <Failure title={say(views.listFailed)} error={list.error} onRetry={() => void list.refetch()} />
      )}
      {data !== undefined && list.isError && <Notice look="plain">{sentenceOf(list.error, say)}</Notice>}
      {data !== undefined && data.total === 0 && <Empty q={q.trim()} none={none} />}
      {isShown && show(data, list.isPlaceholderData)}
      {isShown && <Pager page={Math.min(page, last)} pageSize={PAGE_SIZE} total={data.total} onPage={setPage} />}
    </div>
  );
};
