/** What happens in a room where somebody shares: the sessions, and what was kept of them. */
import type { LivekitRoomView, RoomShare, SteadyMe } from "@livekit-replay/react";
import type { Session } from "@livekit-replay/contract";
import { memo, type ReactElement } from "react";
import { KeptHere } from "./kept.js";
import { SessionPanel } from "./session.js";
import { SharePanel } from "./share.js";

/** The room's sessions and its call; `target` is the session that the keys act on. */
export interface StageProps {
  readonly me: SteadyMe;
  readonly roomName: string;
  readonly sessions: readonly Session[];
  readonly target: Session | undefined;
  readonly call: LivekitRoomView;
}

/** The share of a session's owner, for who can watch it; one's own is on one's own screen. */
const shareOf = (session: Session, shares: readonly RoomShare[]): RoomShare | undefined =>
  session.state === "active" ? shares.find((share) => !share.isMe && share.userId === session.owner.userId) : undefined;

/** The panels of sessions and of shares without one, and below them the newest capture. */
export const Stage = memo(({ me, roomName, sessions, target, call }: StageProps): ReactElement => {
  const owners = new Set(sessions.filter((session) => session.state === "active").map((session) => session.owner.userId));
  const others = call.shares.filter((share) => !share.isMe && !owners.has(share.userId));
  return (
    <>
      {sessions.map((session) => (
        <SessionPanel key={session.id} me={me} session={session} main={session.id === target?.id} share={shareOf(session, call.shares)} />
      ))}
      {others.map((share) => (
        <SharePanel key={share.identity} roomName={roomName} share={share} />
      ))}
      <KeptHere roomSessions={sessions} />
    </>
  );
});
