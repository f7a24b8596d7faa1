/** What the library shows, in the address: reloading, going back and a copied address show the same. */
import type { LibraryView } from "@livekit-replay/react";
import { clipQuerySchema } from "@livekit-replay/contract";

/** The library as it is opened. */
export const firstView: LibraryView = { q: "", sort: "newest" };

/** Reads the part of an address after `?`. What is not understood counts as not said. */
export const readView = (search: string): LibraryView => {
  const said = new URLSearchParams(search);
  const q = clipQuerySchema.shape.q.safeParse(said.get("q") ?? undefined);
  const sort = clipQuerySchema.shape.sort.safeParse(said.get("sort") ?? undefined);
  return { q: (q.success ? q.data : undefined) ?? firstView.q, sort: sort.success ? sort.data : firstView.sort };
};

/** The part of the address after `?`, or nothing for the library as it is opened. */
export const writeView = ({ q, sort }: LibraryView): string => {
  const said = new URLSearchParams();
  if (q !== firstView.q) said.set("q", q);
  if (sort !== firstView.sort) said.set("sort", sort);
  return said.toString();
};
