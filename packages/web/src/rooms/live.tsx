/** The picture of somebody's share in its panel. */
import { LivePlayer, SharePlayer, type RoomShare } from "@livekit-replay/react";
import type { Session } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Button } from "../ui/button.js";

/** Somebody else's picture: in a call it is there by itself and can be closed, from the buffer alone it waits for a press. */
export const Live = ({ session, share }: { readonly session: Session; readonly share: RoomShare | undefined }): ReactElement | null => {
  const say = useSay();
  const [wish, watch] = useState<boolean | undefined>(undefined);
  if (session.state === "ended" || (share === undefined && session.links.live === null)) return null;
  if (wish ?? share !== undefined) {
    return (
      <div className="session-live">
        {share === undefined ? (
          <LivePlayer session={session} />
        ) : (
          <SharePlayer roomName={session.roomName} share={share} session={session} />
        )}
        <Button look="quiet" icon="close" onPress={() => watch(false)}>
          {say(words.stopWatching)}
        </Button>
      </div>
    );
  }
  return (
    <Button icon="live" onPress={() => watch(true)} isDisabled={share === undefined && session.window === null}>
      {say(words.watchLive)}
    </Button>
  );
};
