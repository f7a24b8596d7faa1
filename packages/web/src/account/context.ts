/** The account of the page in its components. */
import { useValue } from "@livekit-replay/react";
import { createContext, useContext } from "react";
import type { AccountState, AccountStore } from "./store.js";

/** Set by the page once. */
export const AccountContext = createContext<AccountStore | null>(null);

/** The store: sign in, sign out. Throws outside of the page. */
export const useAccountStore = (): AccountStore => {
  const store = useContext(AccountContext);
  if (store === null) throw new TypeError("useAccountStore must be used inside the page");
  return store;
};

/** Who is signed in, if anybody is. */
export const useAccountState = (): AccountState => useValue(useAccountStore().value);
