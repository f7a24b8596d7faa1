/** A token in the address that the page was opened with (`#token=…`): read once, and gone from the address and its place in the history at once. */

/** What stands in a fragment: the token, and the fragment without it. */
export interface Fragment {
  readonly token: string | null;
  /** With its `#`; empty when nothing else stands there. */
  readonly rest: string;
}

const name = "token=";

/** Takes the token out of a fragment; what else stands there stays as it is. */
export const takeToken = (hash: string): Fragment => {
  const parts = hash.replace(/^#/, "").split("&");
  const token = parts.find((part) => part.startsWith(name))?.slice(name.length) ?? null;
  const rest = parts.filter((part) => part !== "" && !part.startsWith(name)).join("&");
  return { token, rest: rest === "" ? "" : `#${rest}` };
};

/** Reads the token of the address and removes it there. Null when there is none. */
export const takeFromAddress = (location: Location, history: History): string | null => {
  const { token, rest } = takeToken(location.hash);
  if (token === null) return null;
  history.replaceState(history.state, "", `${location.pathname}${location.search}${rest}`);
  return token === "" ? null : token;
};
