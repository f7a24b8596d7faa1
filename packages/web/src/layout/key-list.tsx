/** The dialog with the list of keys. */
import type { ReactElement } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Dialog } from "../ui/dialog.js";

const list = [
  { keys: ["C"], text: words.keyCapture },
  { keys: ["1", "2", "5", "0"], text: words.keyDigits },
  { keys: ["Space"], text: words.keyPlay },
  { keys: ["←", "→"], text: words.keySeek },
  { keys: [",", "."], text: words.keyFrame },
  { keys: ["?"], text: words.keyHelp },
] as const;

/** Open while it is rendered. */
export const KeyList = ({ onClose }: { readonly onClose: () => void }): ReactElement => {
  const say = useSay();
  return (
    <Dialog title={say(words.keysTitle)} isOpen onClose={onClose}>
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
