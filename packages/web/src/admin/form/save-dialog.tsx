/** A form in a dialog: it closes when what was typed is saved, and says in a sentence why it is not. */
import { useMutation } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import { Form } from "react-aria-components/Form";
import { words } from "../../texts/english.js";
import { sentenceOf } from "../../texts/refusal.js";
import { useSay } from "../../texts/say.js";
import { Button } from "../../ui/button.js";
import { Dialog } from "../../ui/dialog.js";
import { Notice } from "../../ui/notice.js";
import { useSaved } from "./use-saved.js";

/** What the form is for. */
export interface SaveDialogProps<Data> {
  readonly title: string;
  /** What its button says. */
  readonly submit: string;
  /** What is typed; undefined when it is not right, and then its fields say so. */
  readonly check: () => Data | undefined;
  readonly save: (data: Data) => Promise<unknown>;
  /** Said when it is saved. */
  readonly saved: (data: Data) => string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The dialog; open while it is rendered. */
export const SaveDialog = <Data,>({ title, submit, check, save, saved, onClose, children }: SaveDialogProps<Data>): ReactElement => {
  const say = useSay();
  const done = useSaved();
  const saving = useMutation({
    mutationFn: async (data: Data) => {
      await save(data);
      await done(saved(data));
    },
    onSuccess: onClose,
  });
  // Who closed it meanwhile would not hear of a failure.
  const close = (): void => {
    if (!saving.isPending) onClose();
  };
  return (
    <Dialog title={title} isOpen onClose={close}>
      <Form
        className="form"
        validationBehavior="aria"
        onSubmit={(event) => {
          event.preventDefault();
          const data = check();
          if (data !== undefined) saving.mutate(data);
          else event.currentTarget.querySelector<HTMLElement>("[data-invalid] input")?.focus();
        }}
      >
        {children}
        {saving.isError && <Notice look="warning">{sentenceOf(saving.error, say)}</Notice>}
        <div className="form-buttons">
          <Button onPress={close}>{say(words.cancel)}</Button>
          <Button look="strong" type="submit" busy={saving.isPending}>
            {submit}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
};
