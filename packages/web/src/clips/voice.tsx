/** Says once, to who listens to the page, how each capture came out. A failure and a toast are read out by themselves. */
import { localNow } from "@livekit-replay/client";
import { useReplay, useValue, type Capture } from "@livekit-replay/react";
import type { Clip } from "@livekit-replay/contract";
import { useDeferredValue, useEffect, useState, type ReactElement } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { shownCaptures } from "../toasts/send.js";
import { useCaptureWords } from "./outcome.js";

/** Who reads through the page later does not meet it again. */
const STAYS_MS = 10_000;

const useSaid = (): ((capture: Capture, clip: Clip) => string) => {
  const say = useSay();
  const outcome = useCaptureWords();
  return (capture, clip) => {
    const kept = `${say(words.justKept)}: ${outcome(capture, clip)}.`;
    const channel = clip.shares[0]?.channelName;
    return channel === undefined ? kept : `${kept} ${say(words.posted, { channel })}.`;
  };
};

/** Cannot be seen. */
export const CaptureVoice = (): ReactElement => {
  const toasted = useValue(shownCaptures);
  const { captures } = useReplay();
  const saidOf = useSaid();
  const [over, setOver] = useState<string | undefined>(undefined);
  // What was said before the person came back here is not said again.
  const [sinceMs] = useState(localNow);
  // After what the eye sees: the picture comes first.
  const [newest] = useDeferredValue(useValue(captures.value));
  const isNews = newest !== undefined && newest.pressedAtMs >= sinceMs && newest.sessionId !== toasted?.sessionId;
  const clip = isNews && newest.state.is === "kept" ? newest.state.clip : undefined;
  const clipId = clip?.id;
  useEffect(() => {
    if (clipId === undefined) return undefined;
    const timer = setTimeout(() => setOver(clipId), STAYS_MS);
    return () => clearTimeout(timer);
  }, [clipId]);
  return (
    <p className="only-heard" role="status">
      {newest !== undefined && clip !== undefined && clip.id !== over && <span key={clip.id}>{saidOf(newest, clip)}</span>}
    </p>
  );
};
