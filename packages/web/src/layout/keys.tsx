/** The list of keys, on `?`. */
import { useValue, Value } from "@livekit-replay/react";
import { lazy, Suspense, useEffect, type ReactElement } from "react";

const open = new Value(false);

/** Shows the list. */
export const openKeys = (): void => open.set(true);

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("input, textarea, [role=dialog]") !== null;

const KeyList = lazy(async () => ({ default: (await import("./key-list.js")).KeyList }));

/** Once in the page; the list is loaded when it is opened. */
export const Keys = (): ReactElement | null => {
  const isOpen = useValue(open);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key === "?" && !isWriting(event.target)) openKeys();
    };
    globalThis.addEventListener("keydown", listen);
    return () => globalThis.removeEventListener("keydown", listen);
  }, []);
  return isOpen ? (
    <Suspense>
      <KeyList onClose={() => open.set(false)} />
    </Suspense>
  ) : null;
};
