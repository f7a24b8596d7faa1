/** The question before something is taken away: what goes, what stays. */
import { useMutation } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import { words } from "../../texts/english.js";
import { sentenceOf } from "../../texts/refusal.js";
import { useSay } from "../../texts/say.js";
import { Button } from "../../ui/button.js";
import { Dialog } from "../../ui/dialog.js";
import { Notice } from "../../ui/notice.js";
import { views } from "../texts/views.js";
import { useSaved } from "./use-saved.js";

/** What is asked. */
export interface ConfirmDialogProps {
  readonly title: string;
  /** Sentences about what is gone afterwards. */
  readonly goes: readonly string[];
  /** Sentences about what is not touched. */
  readonly stays: readonly string[];
  /** What the button says that does it. */
  readonly act: string;
  readonly onAct: () => Promise<unknown>;
  /** Said when it is done. */
  readonly done: string;
  readonly onDone?: () => void;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

const Lines = ({ title, lines }: { readonly title: string; readonly lines: readonly string[] }): ReactElement | null =>
  lines.length === 0 ? null : (
    <section className="admin-what">
      <h3>{title}</h3>
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );

/** The dialog; open while it is rendered. What cannot be done is said in it, and can be tried again: a removal goes on where it was. */
export const ConfirmDialog = ({ title, goes, stays, act, onAct, done, onDone, onClose, children }: ConfirmDialogProps): ReactElement => {
  const say = useSay();
  const saved = useSaved();
  const acting = useMutation({
    mutationFn: async () => {
      await onAct();
      await saved(done);
    },
    onSuccess: () => {
      onClose();
      onDone?.();
    },
  });
  // Who closed it meanwhile would not hear of a failure.
  const close = (): void => {
    if (!acting.isPending) onClose();
  };
  return (
    <Dialog title={title} role="alertdialog" isOpen onClose={close}>
      <div className="form">
        <Lines title={say(views.goes)} lines={goes} />
        <Lines title={say(views.stays)} lines={stays} />
        {children}
        {acting.isError && <Notice look="warning">{sentenceOf(acting.error, say)}</Notice>}
        <div className="form-buttons">
          <Button onPress={close}>{say(words.cancel)}</Button>
          <Button look="danger" onPress={() => acting.mutate()} busy={acting.isPending}>
            {act}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};
