/** The address says which clip is open: `#clip/…`. So back and forward work, and the meeting goes on. */
import { useSyncExternalStore } from "react";

const PREFIX = "#clip/";

/** The address of a clip. */
export const hrefOf = (clipId: string): string => `${PREFIX}${encodeURIComponent(clipId)}`;

const read = (): string | null => {
  const { hash } = globalThis.location;
  return hash.startsWith(PREFIX) ? decodeURIComponent(hash.slice(PREFIX.length)) : null;
};

const subscribe = (changed: () => void): (() => void) => {
  globalThis.addEventListener("hashchange", changed);
  return () => globalThis.removeEventListener("hashchange", changed);
};

/** Which clip is open; null: none. */
export const useOpenedClip = (): string | null => useSyncExternalStore(subscribe, read);
