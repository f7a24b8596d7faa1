/** One page of a list that is in memory. */
import type { PageQuery } from "@livekit-replay/contract";

/** A page of a list. */
export interface Page<Item> {
  readonly items: Item[];
  readonly page: number;
  readonly pageSize: number;
  readonly total: number;
}

/** Cuts a page out of a list; an empty one behind its end. */
export function pageOf<Item>(all: readonly Item[], { page, pageSize }: PageQuery): Page<Item> {
  return { items: all.slice((page - 1) * pageSize, page * pageSize), page, pageSize, total: all.length };
}
