/** Who is signed in, as this tab remembers it: two tabs can be two people. */

/** How the person came in, and so where the next token comes from. */
export type Way = "demo" | "host";

/** What is remembered. */
export interface Stored {
  readonly token: string;
  readonly way: Way;
}

/** A storage of the browser; it may throw whenever it likes. */
export type Storing = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const place = "replay.account";

const isStored = (value: unknown): value is Stored =>
  typeof value === "object" &&
  value !== null &&
  "token" in value &&
  typeof value.token === "string" &&
  "way" in value &&
  (value.way === "demo" || value.way === "host");

/** What this tab remembers; null when nothing, or nothing that can be read. */
export const readStored = (storing: () => Storing): Stored | null => {
  try {
    const value: unknown = JSON.parse(storing().getItem(place) ?? "null");
    return isStored(value) ? value : null;
  } catch {
    return null;
  }
};

/** Remembers, or forgets. */
export const writeStored = (storing: () => Storing, stored: Stored | null): void => {
  try {
    if (stored === null) storing().removeItem(place);
    else storing().setItem(place, JSON.stringify(stored));
  } catch {
    // Without storage the sign-in lasts until the page is left.
  }
};
