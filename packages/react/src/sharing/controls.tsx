/** Pause, resume and forget: the buttons of who shares. */
import type { Session } from "@livekit-replay/contract";
import { lazy, Suspense, useState, type ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { useText } from "../provider/context.js";
import { texts } from "../texts/english.js";
import { plainError } from "./clips-of-share.js";
import { useSharerControls } from "./use-sharer-controls.js";

/** Loaded when somebody wants to forget something. */
const ForgetDialog = lazy(async () => ({ default: (await import("./forget.js")).ForgetDialog }));

/** Which session of one's own, and where clips lead. */
export interface SharerControlsProps {
  readonly session: Session;
  /** Address of a clip's own page, for the clips that survive a forgetting. */
  readonly hrefOf?: (clipId: string) => string;
  /** Says an error in the application's words. Default: the server's. */
  readonly sayError?: (error: unknown) => string;
}

/** The buttons; nothing where the person may do neither. */
export const SharerControls = ({ session, hrefOf, sayError = plainError }: SharerControlsProps): ReactElement | null => {
  const text = useText();
  const control = useSharerControls(session);
  const [open, setOpen] = useState(false);
  if (!control.canPause && !control.canForget) return null;
  const { paused, busy } = control;
  return (
    <div className="replay-sharer">
      {control.canPause && (
        <Button
          className={paused ? "replay-button replay-button-strong" : "replay-button"}
          data-busy={busy === "pause" || busy === "resume" || undefined}
          onPress={paused ? control.resume : control.pause}
        >
          {text(paused ? texts.sharerResume : texts.sharerPause)}
        </Button>
      )}
      {control.canForget && (
        <Button
          className="replay-button"
          onPress={() => {
            control.dismiss();
            setOpen(true);
          }}
        >
          {text(texts.sharerForget)}
        </Button>
      )}
      {!open && control.error !== null && (
        <p className="replay-sharer-failed" role="alert">
          {sayError(control.error)}
        </p>
      )}
      {open && (
        <Suspense>
          <ForgetDialog session={session} control={control} hrefOf={hrefOf} sayError={sayError} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </div>
  );
};
