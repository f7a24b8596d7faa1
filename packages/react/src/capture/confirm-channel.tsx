/** Asks before captures are posted by themselves for the first time in a community. */
import type { Channel } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { Dialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { useText } from "../provider/context.js";
import { texts } from "../texts/english.js";

/** Which channel, and who hears the answer. */
export interface ConfirmChannelProps {
  readonly channel: Channel;
  readonly onAnswer: (yes: boolean) => void;
}

/** Open while it is rendered. Escape and a press beside it are a no. */
export const ConfirmChannel = ({ channel, onAnswer }: ConfirmChannelProps): ReactElement => {
  const text = useText();
  return (
    <ModalOverlay className="replay-overlay" isOpen onOpenChange={(open) => open || onAnswer(false)} isDismissable>
      <Modal className="replay-modal">
        <Dialog className="replay-dialog" role="alertdialog">
          <Heading slot="title">{text(texts.confirmChannel, { channel: channel.name })}</Heading>
          <p className="replay-dialog-words">{text(texts.confirmChannelHow, { channel: channel.name })}</p>
          <div className="replay-dialog-buttons">
            <Button className="replay-button" onPress={() => onAnswer(false)} autoFocus>
              {text(texts.confirmChannelNo)}
            </Button>
            <Button className="replay-button replay-button-strong" onPress={() => onAnswer(true)}>
              {text(texts.confirmChannelYes, { channel: channel.name })}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
};
