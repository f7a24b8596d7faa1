/** The list of keys, on `?`. */
import { useValue, Value } from "@livekit-replay/react";
import { useEffect, type ReactElement } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Dialog } from "../ui/dialog.js";

const open = new Value(false);

/** Shows the list. */
export const openKeys = (): void => open.set(true);

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("input, textarea, [role=dialog]") !== null;

const list = [
  { keys: ["C"], text: words.keyCapture },
  { keys: ["1", "2", "5", "0"], text: words.keyDigits },
  { keys: ["Space"], text: words.keyPlay },
  { keys: ["←", "→"], text: words.keySeek },
  { keys: [",", "."], text: words.keyFrame },
  { keys: ["?"], text: words.keyHelp },
] as const;

/** Once in the page. */
export const Keys = (): ReactElement => {
  const say = useSay();
  const isOpen = useValue(open);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key === "?" && !isWriting(event.target)) openKeys();
    };
    globalThis.addEventListener("keydown", listen);
    return () => globalThis.removeEventListener("keydown", listen);
  }, []);
  return (
    <Dialog title={say(words.keysTitle)} isOpen={isOpen} onClose={() => open.set(false)}>
      <dl className="keys">
        {list.map((line) => (
          <div key={line.text.id}>
            <dt>
              {line.keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{say(line.text)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
};
