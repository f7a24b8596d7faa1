/** Asks before a choice is lost. */
import type { ReactElement } from "react";
import { Dialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Button } from "../ui/button.js";

/** What the answer does. */
export interface DiscardProps {
  readonly onStay: () => void;
  readonly onLeave: () => void;
}

/** Open while it is rendered. Escape stays. */
export const Discard = ({ onStay, onLeave }: DiscardProps): ReactElement => {
  const say = useSay();
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(open) => open || onStay()}>
      <Modal className="modal">
        <Dialog className="dialog" role="alertdialog">
          <div className="form">
            <Heading slot="title">{say(words.trimDiscard)}</Heading>
            <p>{say(words.trimDiscardHow)}</p>
            <div className="form-buttons">
              <Button look="danger" onPress={onLeave}>
                {say(words.trimLeave)}
              </Button>
              <Button look="strong" autoFocus onPress={onStay}>
                {say(words.trimStay)}
              </Button>
            </div>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
};
