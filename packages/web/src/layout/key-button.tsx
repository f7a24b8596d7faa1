/** A key as a button: pressed, it takes the next key in its place. */
import type { ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { keyWords } from "../texts/keys.js";
import { useSay } from "../texts/say.js";

/** Which key, what it does, and who hears of a change. */
export interface KeyButtonProps {
  /** In lower case; an empty text: none. */
  readonly value: string;
  readonly what: string;
  /** The next key is the new one. */
  readonly recording: boolean;
  readonly onRecord: (recording: boolean) => void;
  /** A key was pressed while recording; an empty text: take it away. */
  readonly onKey: (key: string) => void;
}

/** Keys that only come with others, or that move on. */
const PASSING = ["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Dead", "Process", "Unidentified"];

/** Enter and Space begin; Escape ends without a change, and Tab too. */
export const KeyButton = ({ value, what, recording, onRecord, onKey }: KeyButtonProps): ReactElement => {
  const say = useSay();
  const shown = value === "" ? say(keyWords.keyNone) : value.toUpperCase();
  return (
    <Button
      className="key-button"
      data-recording={recording || undefined}
      aria-label={recording ? say(keyWords.keyPress) : say(keyWords.keyChange, { key: shown, what })}
      onPress={() => onRecord(!recording)}
      onBlur={() => {
        if (recording) onRecord(false);
      }}
      onKeyDown={(event) => {
        // Not ours: the dialog closes on Escape, the focus moves on Tab.
        if (!recording || event.key === "Tab" || event.ctrlKey || event.metaKey || event.altKey) {
          event.continuePropagation();
          return;
        }
        if (event.key === "Enter" || event.key === " " || PASSING.includes(event.key)) return;
        event.preventDefault();
        if (event.key === "Escape") onRecord(false);
        else onKey(event.key === "Backspace" || event.key === "Delete" ? "" : event.key);
      }}
    >
      {recording ? <span className="key-waits">{say(keyWords.keyPress)}</span> : <kbd data-none={value === "" || undefined}>{shown}</kbd>}
    </Button>
  );
};
