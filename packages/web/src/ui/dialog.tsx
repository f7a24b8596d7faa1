/** A dialog over the page. React Aria keeps the focus inside and gives it back. */
import type { ReactElement, ReactNode } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { useSay } from "../texts/say.js";
import { words } from "../texts/english.js";
import { Button } from "./button.js";

/** An open dialog: its title, and how it is closed. */
export interface DialogProps {
  readonly title: string;
  /** `alertdialog`: a question that must be answered. */
  readonly role?: "dialog" | "alertdialog";
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** On a wide screen in the middle, on a phone at the bottom edge. */
export const Dialog = ({ title, role = "dialog", isOpen, onClose, children }: DialogProps): ReactElement => {
  const say = useSay();
  return (
    <ModalOverlay className="overlay" isOpen={isOpen} onOpenChange={(open) => open || onClose()} isDismissable>
      <Modal className="modal">
        <AriaDialog className="dialog" role={role}>
          <header className="dialog-head">
            <Heading slot="title">{title}</Heading>
            <Button look="quiet" icon="close" aria-label={say(words.dismiss)} onPress={onClose} />
          </header>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
};
