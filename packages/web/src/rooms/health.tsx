/** How a session is, in a sentence, where it is not simply fine. */
import type { Session } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Notice } from "../ui/notice.js";

/** What a person must know of a session that is not simply fine. */
export const Health = ({ session }: { readonly session: Session }): ReactElement | null => {
  const say = useSay();
  const { state, reason } = session.health;
  if (session.state === "ended" || state === "ok") return null;
  if (state === "waiting")
    return (
      <Notice look="plain" icon="live">
        {reason ?? say(words.waitingPicture)}
      </Notice>
    );
  const sentence = { silent: words.silentShare, reconnecting: words.reconnectingShare, degraded: words.degradedShare }[state];
  return <Notice look="warning">{reason ?? say(sentence)}</Notice>;
};
