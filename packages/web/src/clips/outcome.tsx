/** What was asked and what was got, as one sentence. */
import { outcomeOf, useReplay, type Capture } from "@livekit-replay/react";
import type { Clip } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { translate } from "../texts/say.js";

/** When the session began and when it was asked for, both in server time, to say why a clip is short. */
interface Asked {
  readonly sessionStartedAtMs?: number;
  readonly askedAtMs?: number;
}

const outcomeWords = (clip: Clip, { sessionStartedAtMs, askedAtMs }: Asked): { readonly words: string; readonly short: boolean } => {
  const { text, values, reason, short } = outcomeOf(clip, sessionStartedAtMs, askedAtMs);
  return { words: translate(text, { ...values, ...(reason === undefined ? {} : { reason: translate(reason, {}) }) }), short };
};

/** `asked 5:00, got 3:12: the share began 3:12 ago`, of a capture of this page. */
export const useCaptureWords = (): ((capture: Capture, clip: Clip) => string) => {
  const { client } = useReplay();
  return ({ sessionStartedAtMs, pressedAtMs }, clip) =>
    outcomeWords(clip, { sessionStartedAtMs, askedAtMs: client.clock.at(pressedAtMs) }).words;
};

/** The sentence as a line. */
export const OutcomeText = ({ clip, sessionStartedAtMs, askedAtMs }: Asked & { readonly clip: Clip }): ReactElement => {
  const { words, short } = outcomeWords(clip, {
    ...(sessionStartedAtMs === undefined ? {} : { sessionStartedAtMs }),
    ...(askedAtMs === undefined ? {} : { askedAtMs }),
  });
  return (
    <p className="outcome" data-short={short || undefined}>
      {words}
    </p>
  );
};

/** The sentence of a capture of this page. */
export const CaptureOutcome = ({ capture, clip }: { readonly capture: Capture; readonly clip: Clip }): ReactElement => {
  const { client } = useReplay();
  return <OutcomeText clip={clip} sessionStartedAtMs={capture.sessionStartedAtMs} askedAtMs={client.clock.at(capture.pressedAtMs)} />;
};
