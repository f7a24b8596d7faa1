/** What to do next with a clip that was just kept: share, trim, undo, and the rest in a menu. */
import type { Clip } from "@livekit-replay/contract";
import { lazy, Suspense, useState, type ReactElement } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { openTrim } from "../trim/open.js";
import { Button } from "../ui/button.js";
import { ClipActions } from "./actions.js";
import { useUndo } from "./undo.js";

/** Loaded when it is opened. */
const ShareDialog = lazy(async () => ({ default: (await import("./share.js")).ShareDialog }));

/** Which clip. `onDialog`: a dialog over it has opened (true) or closed. `onUndone`: it has just left the page, and the focus with it. */
export interface NextStepsProps {
  readonly clip: Clip;
  readonly onDialog?: (open: boolean) => void;
  readonly onUndone?: () => void;
}

/** Buttons in the order of what people do most. */
export const NextSteps = ({ clip, onDialog, onUndone }: NextStepsProps): ReactElement => {
  const say = useSay();
  const undo = useUndo();
  const [sharing, setSharing] = useState(false);
  const share = (open: boolean): void => {
    setSharing(open);
    onDialog?.(open);
  };
  return (
    <div className="actions">
      {clip.can.edit && (
        <Button icon="share" onPress={() => share(true)}>
          {say(words.shareShort)}
        </Button>
      )}
      {clip.can.edit && (
        <Button icon="trim" onPress={() => openTrim(clip)}>
          {say(words.trimShort)}
        </Button>
      )}
      {clip.can.delete && (
        <Button
          icon="undo"
          onPress={({ pointerType }) => {
            undo(clip);
            if (pointerType === "keyboard" || pointerType === "virtual") onUndone?.();
          }}
        >
          {say(words.undo)}
        </Button>
      )}
      <ClipActions clip={clip} small />
      <Suspense>{sharing && <ShareDialog clip={clip} onClose={() => share(false)} />}</Suspense>
    </div>
  );
};
