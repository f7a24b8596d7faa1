/** A clip's title as a field, where the title stands: Enter saves, Escape leaves it as it was. */
import { editClipSchema, type Clip } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { TextField } from "react-aria-components/TextField";
import { useText } from "../provider/context.js";
import { plainError } from "../sharing/clips-of-share.js";
import { texts } from "../texts/english.js";
import { useRename } from "./use-clips.js";

/** Which clip; `onDone`: it was saved or left. */
export interface TitleFieldProps {
  readonly clip: Clip;
  readonly onDone: () => void;
  /** Says an error in the application's words. Default: the server's. */
  readonly sayError?: (error: unknown) => string;
}

/** Open while it is rendered. The new title is shown everywhere at once; when the server refuses it, the field says why and still has it. */
export const TitleField = ({ clip, onDone, sayError = plainError }: TitleFieldProps): ReactElement => {
  const text = useText();
  const rename = useRename(clip.id);
  const [title, setTitle] = useState(clip.title);
  const checked = editClipSchema.safeParse({ title });
  const save = (): void => {
    if (rename.isPending || !checked.success) return;
    if (checked.data.title === clip.title) onDone();
    else rename.mutate(checked.data.title, { onSuccess: onDone });
  };
  const wrong = rename.isError ? sayError(rename.error) : checked.success ? undefined : checked.error.issues[0]?.message;
  return (
    <TextField
      className="replay-title-field"
      // Who asked for the field wants to type.
      autoFocus
      value={title}
      onChange={setTitle}
      maxLength={200}
      isInvalid={wrong !== undefined}
      isReadOnly={rename.isPending}
    >
      <Label className="replay-only-heard">{text(texts.clipTitle)}</Label>
      <Input
        onFocus={({ currentTarget }) => currentTarget.select()}
        onBlur={() => (checked.success && !rename.isError ? save() : onDone())}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Enter") save();
          if (event.key === "Escape") onDone();
        }}
      />
      {wrong !== undefined && (
        <span className="replay-title-wrong" role="alert">
          {wrong}
        </span>
      )}
    </TextField>
  );
};
