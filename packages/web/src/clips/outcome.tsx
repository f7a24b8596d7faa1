/** What was asked and what was got, as one sentence. */
import { outcomeOf } from "@livekit-replay/react";
import type { Clip } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { translate } from "../texts/say.js";

/** `asked 5:00, got 3:12: the share began 3:12 ago`. */
export const OutcomeText = ({ clip, sessionStartedAtMs }: { readonly clip: Clip; readonly sessionStartedAtMs?: number }): ReactElement => {
  const { text, values, reason, short } = outcomeOf(clip, sessionStartedAtMs);
  const words = translate(text, { ...values, ...(reason === undefined ? {} : { reason: translate(reason, {}) }) });
  return (
    <p className="outcome" data-short={short || undefined}>
      {words}
    </p>
  );
};
