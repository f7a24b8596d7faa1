/** In a word or two, where there is no room for a sentence: that my share is paused, or not as it should be. The room of the share says the rest. */
import { useShare, type ReplayText } from "@livekit-replay/react";
import type { Session } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";

const short: Readonly<Record<Session["health"]["state"], ReplayText | null>> = {
  ok: null,
  waiting: null,
  silent: words.troubleSilent,
  reconnecting: words.troubleReconnecting,
  degraded: words.troubleDegraded,
};

/** Nothing while all is well. `session`: undefined before the room has told of it. */
export const Trouble = ({ session }: { readonly session: Session | undefined }): ReactElement | null => {
  const say = useSay();
  const { share } = useShare();
  const paused = session !== undefined && session.pausedAtMs !== null;
  const text =
    share.state === "reconnecting" ? words.troubleReconnecting : paused ? words.troublePaused : short[session?.health.state ?? "ok"];
  return text === null ? null : (
    <span className="dock-trouble" role="status">
      {say(text)}
    </span>
  );
};
