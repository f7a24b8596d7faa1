/** A room: who shares, what is kept, and the button that keeps it for good. */
import { preloadPlayer, useCapture, useCaptureKeys, useRoom, useShare } from "@livekit-replay/react";
import type { Me, Session } from "@livekit-replay/contract";
import { lazy, Suspense, useEffect, type ReactElement } from "react";
import { Switcher } from "../layout/menu.js";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Failure, Loading, Notice } from "../ui/notice.js";
import { useTitle } from "../ui/title.js";
import { Begin, BeginToo } from "./begin.js";
import { useNotices } from "./notices.js";

/** Loaded when somebody shares. */
const Stage = lazy(async () => ({ default: (await import("./stage.js")).Stage }));

/** Which room, for whom. */
export interface RoomPageProps {
  readonly me: Me;
  readonly roomName: string;
}

/** The session that the keys and the phone's button act on: mine, or the newest that I may capture. */
const targetOf = (sessions: readonly Session[], userId: string): Session | undefined => {
  const mine = sessions.find((session) => session.owner.userId === userId && session.state === "active");
  return mine ?? sessions.find((session) => session.can.capture);
};

const Indicator = ({ sessions }: { readonly sessions: readonly Session[] }): ReactElement | null => {
  const say = useSay();
  const running = sessions.filter((session) => session.state === "active");
  if (running.length === 0) return null;
  return (
    <p className="indicator" role="status">
      <span className="lamp" aria-hidden="true" />
      <strong>{say(words.running)}</strong> <span>{running.map((session) => session.owner.name).join(", ")}</span>
    </p>
  );
};

/** The view of one room. */
export const RoomPage = ({ me, roomName }: RoomPageProps): ReactElement => {
  const say = useSay();
  const tell = useNotices(me.userId);
  const { share } = useShare();
  const room = useRoom(roomName, (event) => tell(event, room.sessions));
  const target = targetOf(room.sessions, me.userId);
  const control = useCapture(target);
  useCaptureKeys(
    (length, pressedAtMs) => control.capture(length === "remembered" ? control.lengthMs : length, pressedAtMs),
    target !== undefined,
  );
  const all = me.communities.flatMap((community) => community.rooms);
  const title = all.find((one) => one.roomName === roomName)?.title ?? roomName;
  useTitle(title);
  const capturable = target !== undefined;
  useEffect(() => {
    // The first clip must not wait for the player's code. A failure shows itself when the player is needed.
    if (capturable) preloadPlayer().catch(() => undefined);
  }, [capturable]);
  const mine = room.sessions.some((session) => session.owner.userId === me.userId && session.state === "active");
  const sharing = mine || ("stream" in share && share.roomName === roomName);
  return (
    <div className="room">
      <Switcher label={say(words.inRoom)} ways={all.map((one) => ({ href: routes.room(one.roomName), name: one.title }))} />
      <header className="view-head">
        <h1>{title}</h1>
        <Indicator sessions={room.sessions} />
        {room.sessions.length > 0 && !sharing && <BeginToo me={me} roomName={roomName} />}
      </header>
      {room.stream.state === "reconnecting" && <Notice look="plain">{say(words.offline)}</Notice>}
      {room.stream.state === "refused" && <Failure title={say(words.roomRefused)} error={room.stream.error} />}
      {!room.known && room.stream.state !== "refused" && <Loading label={say(words.roomLoading)} />}
      {room.known && !sharing && room.sessions.length === 0 && <Begin me={me} roomName={roomName} />}
      {sharing && !mine && <Loading label={say(words.shareConnecting)} />}
      {room.sessions.length > 0 && (
        <Suspense fallback={<Loading label={say(words.loading)} />}>
          <Stage me={me} sessions={room.sessions} target={target} />
        </Suspense>
      )}
    </div>
  );
};
