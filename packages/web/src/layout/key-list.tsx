/** The dialog with the list of keys; those that capture can be changed there. */
import {
  captureKeyMap,
  captureLengths,
  changeCaptureKey,
  clockText,
  resetCaptureKeys,
  switchCaptureKeys,
  useValue,
  type CaptureAction,
  type ReplayText,
} from "@livekit-replay/react";
import { useState, type ReactElement, type ReactNode } from "react";
import { Switch } from "react-aria-components/Switch";
import { words } from "../texts/english.js";
import { keyWords } from "../texts/keys.js";
import { useSay } from "../texts/say.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { KeyButton } from "./key-button.js";

const inPlayer = [
  { keys: ["Space"], text: keyWords.keyPlay },
  { keys: ["←", "→"], text: keyWords.keySeek },
  { keys: [",", "."], text: keyWords.keyFrame },
] as const;
const inTrim = [
  { keys: [",", "."], text: keyWords.keyFrame },
  { keys: ["<", ">"], text: keyWords.keySecond },
  { keys: ["I", "O"], text: keyWords.keyEnds },
] as const;
const inLibrary = [
  { keys: ["Space"], text: keyWords.keyChoose },
  { keys: ["Enter"], text: keyWords.keyOpen },
  { keys: ["F2"], text: keyWords.keyRename },
  { keys: ["Delete"], text: keyWords.keyDelete },
] as const;
const anywhere = [{ keys: ["?"], text: keyWords.keyHelp }] as const;

const Line = ({ keys, children }: { readonly keys: ReactNode; readonly children: ReactNode }): ReactElement => (
  <div>
    <dt>{keys}</dt>
    <dd>{children}</dd>
  </div>
);

interface FixedKeys {
  readonly keys: readonly string[];
  readonly text: ReplayText;
}

const Fixed = ({ title, lines }: { readonly title: string; readonly lines: readonly FixedKeys[] }): ReactElement => {
  const say = useSay();
  return (
    <section>
      <h3>{title}</h3>
      <dl className="keys">
        {lines.map((line) => (
          <Line
            key={line.text.id}
            keys={line.keys.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          >
            {say(line.text)}
          </Line>
        ))}
      </dl>
    </section>
  );
};

const actions: readonly CaptureAction[] = ["last", ...captureLengths.map((length) => length.action)];

/** What an action does, in words. */
const useWhat = (): ((action: CaptureAction) => string) => {
  const say = useSay();
  return (action) => {
    const length = captureLengths.find((one) => one.action === action);
    return length === undefined ? say(keyWords.keyCapture) : say(words.captureLast, { length: clockText(length.ms) });
  };
};

interface Said {
  readonly text: string;
  readonly look: "fine" | "wrong";
}

/** The keys that capture: each a button that takes the next key. */
const Captures = (): ReactElement => {
  const say = useSay();
  const whatOf = useWhat();
  const { keys } = useValue(captureKeyMap);
  const [recording, record] = useState<CaptureAction | undefined>(undefined);
  const [said, tell] = useState<Said | undefined>(undefined);
  const take = (action: CaptureAction, key: string): void => {
    const change = changeCaptureKey(action, key);
    const shown = key.toUpperCase();
    if (change.is === "changed") {
      tell({ text: say(key === "" ? keyWords.keyRemoved : keyWords.keyChanged, { key: shown, what: whatOf(action) }), look: "fine" });
      record(undefined);
    } else if (change.is === "taken") tell({ text: say(keyWords.keyTaken, { key: shown, what: whatOf(change.by) }), look: "wrong" });
    else tell({ text: say(keyWords.keyReserved, { key: shown }), look: "wrong" });
  };
  const start = (action: CaptureAction | undefined): void => {
    record(action);
    tell(action === undefined ? undefined : { text: say(keyWords.keyPressHow), look: "fine" });
  };
  return (
    <>
      <dl className="keys">
        {actions.map((action) => (
          <Line
            key={action}
            keys={
              <KeyButton
                value={keys[action]}
                what={whatOf(action)}
                recording={recording === action}
                onRecord={(on) => start(on ? action : undefined)}
                onKey={(key) => take(action, key)}
              />
            }
          >
            {whatOf(action)}
          </Line>
        ))}
      </dl>
      <p className="keys-said" role="status" data-look={said?.look}>
        {said?.text ?? say(keyWords.keysHow)}
      </p>
      <Button
        onPress={() => {
          resetCaptureKeys();
          start(undefined);
        }}
      >
        {say(keyWords.keysReset)}
      </Button>
    </>
  );
};

/** Open while it is rendered. */
export const KeyList = ({ onClose }: { readonly onClose: () => void }): ReactElement => {
  const say = useSay();
  const { on } = useValue(captureKeyMap);
  return (
    <Dialog title={say(words.keysTitle)} isOpen onClose={onClose}>
      <div className="keys-parts">
        <section>
          <Switch className="switch" isSelected={on} onChange={switchCaptureKeys}>
            <span className="switch-track" aria-hidden="true" />
            {say(keyWords.keysOn)}
          </Switch>
          {on && <Captures />}
        </section>
        <Fixed title={say(keyWords.keysInPlayer)} lines={inPlayer} />
        <Fixed title={say(keyWords.keysInTrim)} lines={inTrim} />
        <Fixed title={say(keyWords.keysInLibrary)} lines={inLibrary} />
        <Fixed title={say(keyWords.keysInPage)} lines={anywhere} />
      </div>
    </Dialog>
  );
};
