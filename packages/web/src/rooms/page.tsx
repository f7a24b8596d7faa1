/** A room: who shares, what is kept, and the button that keeps it for good. */
import {
  preloadPlayer,
  useCapture,
  useCaptureKeys,
  useLivekitRoom,
  useRoom,
  useShare,
  type RoomSnapshot,
  type SteadyMe,
} from "@livekit-replay/react";
import type { Session } from "@livekit-replay/contract";
import { lazy, Suspense, useEffect, useMemo, type ReactElement } from "react";
import { Switcher } from "../layout/menu.js";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Away } from "../ui/away.js";
import { Failure, Loading } from "../ui/notice.js";
import { useTitle } from "../ui/title.js";
import { Begin, BeginToo } from "./begin.js";
import { CallNotice, People } from "./call.js";
import { Indicator } from "./indicator.js";
import { useNotices } from "./notices.js";

/** Loaded when somebody shares. */
const Stage = lazy(async () => ({ default: (await import("./stage.js")).Stage }));

/** Which room, for whom. */
export interface RoomPageProps {
  readonly me: SteadyMe;
  readonly roomName: string;
}

/** The session that the keys and the phone's button act on: mine, or the newest that I may capture. */
const targetOf = (sessions: readonly Session[], userId: string): Session | undefined => {
  const mine = sessions.find((session) => session.owner.userId === userId && session.state === "active");
  return mine ?? sessions.find((session) => session.can.capture);
};

/** How the stream of the room's events is, when that must be known. */
const StreamNotice = ({ room }: { readonly room: RoomSnapshot }): ReactElement | null => {
  const say = useSay();
  if (room.stream.state === "refused") return <Failure title={say(words.roomRefused)} error={room.stream.error} />;
  if (!room.known && room.stream.state === "connecting") return <Loading label={say(words.roomLoading)} />;
  return <Away away={room.stream.state === "reconnecting"} />;
};

/** The capture keys, and the code of the player before its first clip. Of its own: what becomes of a press does not render the room anew. */
const KeysOf = ({ target }: { readonly target: Session | undefined }): null => {
  const control = useCapture(target);
  const capturable = target !== undefined;
  useCaptureKeys((length, pressedAtMs) => control.capture(length === "remembered" ? control.lengthMs : length, pressedAtMs), capturable);
  useEffect(() => {
    // The first clip must not wait for the player's code. A failure shows itself when the player is needed.
    if (capturable) preloadPlayer().catch(() => undefined);
  }, [capturable]);
  return null;
};

/** The view of one room. */
export const RoomPage = ({ me, roomName }: RoomPageProps): ReactElement => {
  const say = useSay();
  const tell = useNotices(me.userId);
  const { share } = useShare();
  const room = useRoom(roomName, (event) => tell(event, room.sessions));
  const call = useLivekitRoom(roomName, me.livekit !== null);
  const target = targetOf(room.sessions, me.userId);
  const all = useMemo(() => me.communities.flatMap((community) => community.rooms), [me.communities]);
  const ways = useMemo(() => all.map((one) => ({ href: routes.room(one.roomName), name: one.title })), [all]);
  const title = all.find((one) => one.roomName === roomName)?.title ?? roomName;
  useTitle(title);
  const mine = room.sessions.some((session) => session.owner.userId === me.userId && session.state === "active");
  const sharing = mine || ("stream" in share && share.roomName === roomName);
  const hasStage = room.sessions.length > 0 || call.shares.some((one) => !one.isMe);
  return (
    <div className="room" data-call={call.connection.state} data-recorded={call.recording || undefined}>
      <Switcher label={say(words.inRoom)} ways={ways} />
      <KeysOf target={target} />
      <header className="view-head">
        <h1>{title}</h1>
        <Indicator sessions={room.sessions} recording={call.recording} />
        {hasStage && !sharing && <BeginToo me={me} roomName={roomName} />}
      </header>
      <People call={call} />
      <StreamNotice room={room} />
      <CallNotice call={call} />
      {room.known && !sharing && !hasStage && <Begin me={me} roomName={roomName} />}
      {sharing && !mine && <Loading label={say(words.shareConnecting)} />}
      {hasStage && (
        <Suspense fallback={<Loading label={say(words.loading)} />}>
          <Stage me={me} roomName={roomName} sessions={room.sessions} target={target} call={call} />
        </Suspense>
      )}
    </div>
  );
};
