/** What can be done with a part that was just saved: open it, share it. */
import type { Clip } from "@livekit-replay/contract";
import { lazy, Suspense, useState, type ReactElement } from "react";
import { useLocation } from "wouter";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Button } from "../ui/button.js";

/** Loaded when it is opened. */
const ShareDialog = lazy(async () => ({ default: (await import("../clips/share.js")).ShareDialog }));

/** Two buttons, and the dialog of one of them. */
export const SavedActions = ({ clip, onLeave }: { readonly clip: Clip; readonly onLeave?: () => void }): ReactElement => {
  const say = useSay();
  const [, navigate] = useLocation();
  const [sharing, setSharing] = useState(false);
  return (
    <>
      <Button
        icon="play"
        look="strong"
        onPress={() => {
          onLeave?.();
          navigate(routes.clip(clip.id));
        }}
      >
        {say(words.openClip)}
      </Button>
      <Button icon="share" onPress={() => setSharing(true)}>
        {say(words.shareShort)}
      </Button>
      <Suspense>{sharing && <ShareDialog clip={clip} onClose={() => setSharing(false)} />}</Suspense>
    </>
  );
};
