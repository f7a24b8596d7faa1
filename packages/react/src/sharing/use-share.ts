/** My own share in a component. */
import { useReplay } from "../provider/context.js";
import { useValue } from "../store/value.js";
import type { ShareState, ShareStore } from "./store.js";

/** What runs, and the store that starts and stops it. */
export const useShare = (): { readonly share: ShareState; readonly store: ShareStore } => {
  const { share: store } = useReplay();
  return { share: useValue(store.value), store };
};
