/** Somebody's share in the call of which nothing is kept: it can be watched. */
import { SharePlayer, type RoomShare } from "@livekit-replay/react";
import type { ReactElement } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Avatar } from "../ui/avatar.js";

/** The panel of a share without a session. */
export const SharePanel = ({ roomName, share }: { readonly roomName: string; readonly share: RoomShare }): ReactElement => {
  const say = useSay();
  const title = say(words.otherShares, { owner: share.name });
  return (
    <section className="session" aria-label={title}>
      <header className="session-head">
        <Avatar userId={share.userId} name={share.name} />
        <h2>{title}</h2>
        <div className="session-live">
          <SharePlayer roomName={roomName} share={share} />
        </div>
      </header>
      <p className="session-no">{say(words.notKept)}</p>
    </section>
  );
};
