/** The name of the new clip, and the button that keeps it. */
import { titleSchema, type Clip } from "@livekit-replay/contract";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { FieldError } from "react-aria-components/FieldError";
import { Form } from "react-aria-components/Form";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { TextField } from "react-aria-components/TextField";
import { keys } from "../provider/keys.js";
import { useText } from "../provider/context.js";
import { texts } from "../texts/english.js";
import type { Trim } from "./use-trim.js";
import { refusalText } from "./words.js";

/** Marks by which the time of saving is measured. */
const saveMark = "replay:trim";
const savedMark = "replay:trimmed";
const LONGEST_TITLE = 200;

interface SaveProps {
  readonly trim: Trim;
  readonly onSaved: (clip: Clip) => void;
  readonly onDone: (() => void) | undefined;
  readonly title: string;
  readonly onTitle: (title: string) => void;
}

/** What the new clip is called unless somebody calls it otherwise. */
export const useFirstTitle = ({ source }: Trim): string => {
  const text = useText();
  const [first] = useState(() =>
    (source.kind === "clip" ? text(texts.trimTitleOf, { title: source.title }) : source.title).slice(0, LONGEST_TITLE),
  );
  return first;
};

/** Keeps the part: what is refused is said here, and the choice stays. */
const useSave = (
  { trim, onSaved }: SaveProps,
  title: string,
): { readonly busy: boolean; readonly error: unknown; readonly save: () => void } => {
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const save = async (): Promise<void> => {
    const part = trim.store.whole;
    if (part === undefined || busy) return;
    setBusy(true);
    setError(undefined);
    performance.mark(saveMark);
    try {
      const clip = await trim.source.keep(part, title);
      performance.mark(savedMark, { detail: { clipId: clip.id } });
      onSaved(clip);
      await queries.invalidateQueries({ queryKey: keys.allClips });
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, save: () => void save() };
};

/** The form. Enter in the title saves, too. */
export const Save = (props: SaveProps): ReactElement => {
  const { trim, onDone, title, onTitle } = props;
  const text = useText();
  const isClip = trim.source.kind === "clip";
  const checked = titleSchema.safeParse(title);
  const { busy, error, save } = useSave(props, checked.success ? checked.data : title);
  const ready = checked.success && trim.store.whole !== undefined && !trim.state.gone;
  return (
    <Form
      className="replay-trim-save"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) save();
      }}
    >
      <TextField className="replay-field" value={title} onChange={onTitle} maxLength={LONGEST_TITLE} isInvalid={!checked.success}>
        <Label>{text(texts.trimTitle)}</Label>
        <Input />
        <FieldError>{checked.success ? "" : checked.error.issues[0]?.message}</FieldError>
      </TextField>
      <div className="replay-trim-buttons">
        {onDone !== undefined && (
          <Button className="replay-button" onPress={onDone}>
            {text(texts.trimCancel)}
          </Button>
        )}
        <Button className="replay-button replay-button-strong" type="submit" isDisabled={!ready} data-busy={busy || undefined}>
          {text(busy ? texts.trimSaving : isClip ? texts.trimSave : texts.trimKeep)}
        </Button>
      </div>
      {error !== undefined && (
        <p className="replay-trim-refused" role="alert">
          {refusalText(error, text)}
        </p>
      )}
    </Form>
  );
};
