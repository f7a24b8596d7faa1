/** The list of keys, on `?`; and the line that tells of them. */
import { captureKeyMap, captureLengths, useValue, Value } from "@livekit-replay/react";
import { lazy, Suspense, useEffect, type ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Icon } from "../ui/icon.js";

const open = new Value(false);

/** Shows the list. */
export const openKeys = (): void => open.set(true);

/** `?` as layouts type it: Latin, Arabic, full width. */
const HELP = ["?", "؟", "？"];

const isForUs = (event: KeyboardEvent): boolean => {
  if (event.defaultPrevented || event.repeat || event.isComposing || !HELP.includes(event.key)) return false;
  const [target] = event.composedPath();
  const others =
    "input:not([type=range]), textarea, select, [contenteditable], [role=textbox], [role=dialog], [role=alertdialog]:not([aria-modal=false])";
  return !(target instanceof Element) || target.closest(others) === null;
};

const KeyList = lazy(async () => ({ default: (await import("./key-list.js")).KeyList }));

/** Once in the page; the list is loaded when it is opened. */
export const Keys = (): ReactElement | null => {
  const isOpen = useValue(open);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (isForUs(event)) openKeys();
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

/** The keys that capture, in a line; a press on it opens the list. */
export const KeysHint = (): ReactElement => {
  const say = useSay();
  const { on, keys } = useValue(captureKeyMap);
  const named = ["last" as const, ...captureLengths.map((length) => length.action)].map((action) => keys[action].toUpperCase());
  const line = on ? named.filter((key) => key !== "").join(" ") : "";
  return (
    <Button className="keys-hint" onPress={openKeys}>
      <Icon name="keyboard" /> {line === "" ? say(words.keysTitle) : say(words.keysHint, { keys: line })}
      <kbd>?</kbd>
    </Button>
  );
};
