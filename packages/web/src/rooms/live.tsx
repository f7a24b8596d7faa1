/** The picture of a share in its panel: live, and back in time. */
import { LivePlayer, SharePlayer, type RoomShare } from "@livekit-replay/react";
import type { Session } from "@livekit-replay/contract";
import { memo, useEffect, useRef, type ReactElement } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Button } from "../ui/button.js";
import type { Watching } from "./watching.js";

/** Whose picture, and how it is watched. */
export interface LiveProps {
  readonly session: Session;
  /** The owner's share in the call, where there is one. */
  readonly share: RoomShare | undefined;
  /** One's own picture is on one's own screen: it is shown here when one looks back. */
  readonly mine: boolean;
  readonly watching: Watching;
}

const Picture = ({ session, share, watching }: LiveProps): ReactElement => {
  const say = useSay();
  const { moment, playhead, close } = watching;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Whoever points at a moment wants to see it; the strip stays in sight where both have room.
    if (moment !== undefined) void place.current?.scrollIntoView({ block: "nearest" });
  }, [moment]);
  const shown = { session, moment, onMoment: (atMs: number | undefined) => playhead.set(atMs) };
  return (
    <div ref={place} className="session-live">
      {share === undefined ? <LivePlayer {...shown} /> : <SharePlayer {...shown} roomName={session.roomName} share={share} />}
      <Button look="quiet" icon="close" onPress={close}>
        {say(session.state === "active" ? words.stopWatching : words.stripStopWatching)}
      </Button>
    </div>
  );
};

/**
 * Somebody else's picture: in a call it is there by itself and can be closed, from the buffer alone it waits for a press. A moment of the strip is shown
 * for everybody who may go back, also of one's own share, and of one that has ended.
 */
export const Live = memo((props: LiveProps): ReactElement | null => {
  const { session, share, mine, watching } = props;
  const say = useSay();
  const canShow = share !== undefined || session.links.live !== null;
  const byItself = share !== undefined && !mine;
  if (canShow && (watching.wish ?? byItself) && (session.window !== null || share !== undefined)) return <Picture {...props} />;
  if (!canShow || mine || session.state === "ended") return null;
  return (
    <Button icon="live" onPress={watching.watch} isDisabled={share === undefined && session.window === null}>
      {say(words.watchLive)}
    </Button>
  );
});
