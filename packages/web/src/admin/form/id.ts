/** Suggests an id for something new: the name in small Latin letters and digits. */

/** Longer ones are no help to anybody. */
const MOST = 40;

/** `Best of 2026!` → `best-of-2026`; empty when the name has nothing that an id could be made of. */
export const idFrom = (name: string): string =>
  name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MOST)
    .replace(/^-|-$/g, "");
