/** A clip's new title. */
import { useRename } from "@livekit-replay/react";
import { editClipSchema, type Clip } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { FieldError } from "react-aria-components/FieldError";
import { Form } from "react-aria-components/Form";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { TextField } from "react-aria-components/TextField";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { Notice } from "../ui/notice.js";

/** The dialog; open while it is rendered. */
export const RenameDialog = ({ clip, onClose }: { readonly clip: Clip; readonly onClose: () => void }): ReactElement => {
  const say = useSay();
  const rename = useRename(clip.id);
  const [title, setTitle] = useState(clip.title);
  const checked = editClipSchema.safeParse({ title });
  return (
    <Dialog title={say(words.rename)} isOpen onClose={onClose}>
      <Form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (checked.success) rename.mutate(checked.data.title, { onSuccess: onClose });
        }}
      >
        <TextField className="field" autoFocus value={title} onChange={setTitle} maxLength={200} isInvalid={!checked.success}>
          <Label>{say(words.titleLabel)}</Label>
          <Input />
          <FieldError>{checked.success ? "" : checked.error.issues[0]?.message}</FieldError>
        </TextField>
        {rename.isError && <Notice look="warning">{sentenceOf(rename.error, say)}</Notice>}
        <div className="form-buttons">
          <Button onPress={onClose}>{say(words.cancel)}</Button>
          <Button look="strong" type="submit" isDisabled={!checked.success} busy={rename.isPending}>
            {say(words.save)}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
};
