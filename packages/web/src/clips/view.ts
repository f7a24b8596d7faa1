/** What the library shows, in the address: reloading, going back and a copied address show the same. */
import type { LibraryView } from "@livekit-replay/react";
import { clipQuerySchema } from "@livekit-replay/contract";

/** The library as it is opened. */
export const firstView: LibraryView = { q: "", sort: "newest", page: 1 };

/** Reads the part of an address after `?`. What is not understood counts as not said. */
export const readView = (search: string): LibraryView => {
  const said = new URLSearchParams(search);
  const of = (name: "q" | "sort" | "page"): unknown => {
    const value = clipQuerySchema.shape[name].safeParse(said.get(name) ?? undefined);
    return value.success ? value.data : undefined;
  };
  const [q, sort, page] = [of("q"), of("sort"), of("page")];
  const order = clipQuerySchema.shape.sort.safeParse(sort);
  return {
    q: typeof q === "string" ? q : firstView.q,
    sort: order.success ? order.data : firstView.sort,
    page: typeof page === "number" ? page : firstView.page,
  };
};

/** The part of the address after `?`, or nothing for the library as it is opened. */
export const writeView = ({ q, sort, page }: LibraryView): string => {
  const said = new URLSearchParams();
  if (q !== firstView.q) said.set("q", q);
  if (sort !== firstView.sort) said.set("sort", sort);
  if (page !== firstView.page) said.set("page", String(page));
  return said.toString();
};
