/** Says once, to who listens to the page, how each capture came out. A failure and a toast are read out by themselves. */
import { useReplay, useValue, type Capture } from "@livekit-replay/react";
import type { Clip } from "@livekit-replay/contract";
import { useDeferredValue, type ReactElement } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { shownCaptures } from "../toasts/send.js";
import { useCaptureWords } from "./outcome.js";

const useSaid = (capture: Capture | undefined, clip: Clip | undefined): string => {
  const say = useSay();
  const outcome = useCaptureWords();
  if (capture === undefined || clip === undefined) return "";
  const channel = clip.shares[0]?.channelName;
  const where = channel === undefined ? say(words.private) : say(words.posted, { channel });
  return `${say(words.justKept)}: ${outcome(capture, clip)}. ${where}.`;
};

/** Cannot be seen. */
export const CaptureVoice = (): ReactElement => {
  const toasted = useValue(shownCaptures);
  const { captures } = useReplay();
  // After what the eye sees: the picture comes first.
  const [newest] = useDeferredValue(useValue(captures.value));
  const clip = newest?.state.is === "kept" ? newest.state.clip : undefined;
  const said = useSaid(newest, clip);
  return (
    <p className="only-heard" role="status">
      {clip !== undefined && clip.sessionId !== toasted?.sessionId && <span key={clip.id}>{said}</span>}
    </p>
  );
};
