/** The trim editor over the page. What was chosen is not lost by an Escape too many. */
import { isSessionRange, TrimEditor, type TrimTarget } from "@livekit-replay/react";
import { useState, type ReactElement } from "react";
import { Dialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import "../styles/trim.css";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Button } from "../ui/button.js";
import { Discard } from "./discard.js";
import { SavedActions } from "./saved.js";

/** Open while it is rendered. */
export const TrimDialog = ({ target, onClose }: { readonly target: TrimTarget; readonly onClose: () => void }): ReactElement => {
  const say = useSay();
  const [changed, setChanged] = useState(false);
  const [asking, setAsking] = useState(false);
  const leave = (): void => (changed ? setAsking(true) : onClose());
  const title = isSessionRange(target)
    ? say(words.trimRange, { person: target.session.owner.name })
    : say(words.trimClip, { title: target.title });
  return (
    <ModalOverlay className="overlay trim-overlay" isOpen isDismissable onOpenChange={(open) => open || leave()}>
      <Modal className="modal trim-modal">
        <Dialog className="dialog trim-dialog">
          <header className="dialog-head">
            <Heading slot="title">{title}</Heading>
            <Button look="quiet" icon="close" aria-label={say(words.dismiss)} onPress={leave} />
          </header>
          <TrimEditor
            target={target}
            onDone={leave}
            onChanged={setChanged}
            actionsOf={(clip) => <SavedActions clip={clip} onLeave={onClose} />}
          />
        </Dialog>
      </Modal>
      {asking && <Discard onStay={() => setAsking(false)} onLeave={onClose} />}
    </ModalOverlay>
  );
};
