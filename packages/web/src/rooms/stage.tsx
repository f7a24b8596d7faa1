/** What happens in a room where somebody shares: the sessions, and what was kept of them. */
import type { Me, Session } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { KeptHere } from "./kept.js";
import { SessionPanel } from "./session.js";

/** The room's sessions; `target` is the one that the keys act on. */
export interface StageProps {
  readonly me: Me;
  readonly sessions: readonly Session[];
  readonly target: Session | undefined;
}

/** The panels, and below them the newest capture. */
export const Stage = ({ me, sessions, target }: StageProps): ReactElement => (
  <>
    {sessions.map((session) => (
      <SessionPanel key={session.id} me={me} session={session} main={session.id === target?.id} />
    ))}
    <KeptHere roomSessions={sessions} />
  </>
);
