/** What was kept, and what to do with it now: the application's buttons, a way back, another part. */
import type { Clip } from "@livekit-replay/contract";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type ReactElement, type ReactNode } from "react";
import { Button } from "react-aria-components/Button";
import { keys } from "../provider/keys.js";
import { useReplay, useText } from "../provider/context.js";
import { exactText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";

interface SavedProps {
  readonly clip: Clip;
  /** What was chosen; the file's sound may reach some ms further. */
  readonly lengthMs: number;
  /** Back to choosing, with everything as it was. */
  readonly onAgain: () => void;
  /** The same, and there is no new clip any more. */
  readonly onUndone: () => void;
  readonly onDone: (() => void) | undefined;
  readonly actionsOf: ((clip: Clip) => ReactNode) | undefined;
}

/** The focus comes here, so that what was said is heard and the next thing is near. */
export const Saved = ({ clip, lengthMs, onAgain, onUndone, onDone, actionsOf }: SavedProps): ReactElement => {
  const text = useText();
  const { client, captures } = useReplay();
  const queries = useQueryClient();
  const place = useRef<HTMLDivElement>(null);
  const [undoing, setUndoing] = useState(false);
  const [failed, setFailed] = useState(false);
  useEffect(() => place.current?.focus({ preventScroll: true }), []);
  const undo = async (): Promise<void> => {
    if (undoing) return;
    setUndoing(true);
    setFailed(false);
    try {
      await client.clips.delete(clip.id);
      captures.forget(clip.id);
      onUndone();
      await queries.invalidateQueries({ queryKey: keys.allClips });
    } catch {
      setFailed(true);
      setUndoing(false);
    }
  };
  return (
    <div ref={place} className="replay-trim-saved" tabIndex={-1} role="group" aria-label={text(texts.trimSaved, { title: clip.title })}>
      <div role="status">
        <p className="replay-trim-saved-title">{text(texts.trimSaved, { title: clip.title })}</p>
        <p className="replay-hint">{text(texts.trimSavedLength, { length: exactText(lengthMs) })}</p>
      </div>
      <div className="replay-trim-buttons">
        {actionsOf?.(clip)}
        <Button className="replay-button" onPress={() => void undo()} data-busy={undoing || undefined}>
          {text(texts.trimUndo)}
        </Button>
        <Button className="replay-button" onPress={onAgain}>
          {text(texts.trimMore)}
        </Button>
        {onDone !== undefined && (
          <Button className="replay-button" onPress={onDone}>
            {text(texts.trimDone)}
          </Button>
        )}
      </div>
      {failed && (
        <p className="replay-trim-refused" role="alert">
          {text(texts.trimUndoFailed)}
        </p>
      )}
    </div>
  );
};
