/** What runs now, and what can still be captured. It is asked for again and again while somebody looks. */
import { clockText, sizeText, useReplay } from "@livekit-replay/react";
import type { AdminSession, Me } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { Link } from "react-aria-components/Link";
import { routes } from "../../layout/routes.js";
import { useSay } from "../../texts/say.js";
import { Button } from "../../ui/button.js";
import { namesOf } from "../communities/names.js";
import { ConfirmDialog } from "../form/confirm-dialog.js";
import { Entries } from "../list/entries.js";
import { ListTable, type ListColumn } from "../list/table.js";
import { When } from "../list/when.js";
import { Who } from "../list/who.js";
import { views } from "../texts/views.js";

/** Often enough to see what happens. */
const EVERY_MS = 3000;

const recorders = { whip: views.recorderWhip, passthrough: views.recorderPassthrough, egress: views.recorderEgress } as const;
const healths = {
  ok: views.healthOk,
  waiting: views.healthWaiting,
  silent: views.healthSilent,
  reconnecting: views.healthReconnecting,
  degraded: views.healthDegraded,
} as const;

const State = ({ session }: { readonly session: AdminSession }): ReactElement => {
  const say = useSay();
  const { state, startedAtMs, endedAtMs, graceEndsAtMs, pausedAtMs } = session;
  if (state === "ended") {
    return (
      <span className="admin-lines">
        <span>
          {say(views.endedAt)} <When atMs={endedAtMs ?? startedAtMs} />
        </span>
        {graceEndsAtMs !== null && (
          <span className="admin-soft">
            {say(views.capturableTo)} <When atMs={graceEndsAtMs} />
          </span>
        )}
      </span>
    );
  }
  return (
    <span className="admin-lines">
      <span>
        {say(views.since)} <When atMs={startedAtMs} />
      </span>
      {pausedAtMs !== null && (
        <span className="admin-soft">
          {say(views.pausedSince)} <When atMs={pausedAtMs} />
        </span>
      )}
    </span>
  );
};

const Health = ({ session }: { readonly session: AdminSession }): ReactElement => {
  const say = useSay();
  const { state, health } = session;
  if (state === "ended") return <span className="admin-soft">{say(views.healthEnded)}</span>;
  return (
    <span className="admin-lines">
      <span className="admin-health" data-state={health.state}>
        {say(healths[health.state])}
      </span>
      {health.reason !== null && <span className="admin-soft">{health.reason}</span>}
    </span>
  );
};

const Kept = ({ session }: { readonly session: AdminSession }): ReactElement => {
  const say = useSay();
  if (session.window === null) return <span className="admin-soft">{say(views.keptNothing)}</span>;
  const { fromMs, toMs, sizeBytes } = session.window;
  return (
    <span className="admin-lines admin-figures">
      <span>{clockText(toMs - fromMs)}</span>
      <span className="admin-soft">{sizeText(sizeBytes)}</span>
    </span>
  );
};

const useColumns = (me: Me, onStop: (session: AdminSession) => void): readonly ListColumn<AdminSession>[] => {
  const say = useSay();
  const names = namesOf(me);
  return [
    {
      id: "name",
      title: say(views.person),
      cell: ({ owner }) => <Who userId={owner.userId} name={owner.name} isMe={owner.userId === me.userId} />,
    },
    {
      id: "room",
      title: say(views.room),
      cell: ({ roomName, communityId }) => (
        <span className="admin-lines">
          <Link className="admin-way" href={routes.room(roomName)}>
            {names.room(roomName)}
          </Link>
          <span className="admin-soft">{names.community(communityId)}</span>
        </span>
      ),
    },
    { id: "state", title: say(views.time), cell: (session) => <State session={session} /> },
    { id: "health", title: say(views.health), cell: (session) => <Health session={session} /> },
    { id: "kept", title: say(views.kept), cell: (session) => <Kept session={session} /> },
    {
      id: "recorder",
      title: say(views.recorder),
      cell: ({ recorder, serverId }) => (
        <span className="admin-lines">
          <span>{say(recorders[recorder])}</span>
          <code title={say(views.server)}>{serverId ?? say(views.serverNone)}</code>
        </span>
      ),
    },
    {
      id: "do",
      title: say(views.actions),
      bare: true,
      cell: (session) =>
        session.state === "active" && (
          <Button
            look="danger"
            aria-label={say(views.stopOf, { name: session.owner.name, room: names.room(session.roomName) })}
            onPress={() => onStop(session)}
          >
            {say(views.stop)}
          </Button>
        ),
    },
  ];
};

const StopDialog = ({
  me,
  session,
  onClose,
}: {
  readonly me: Me;
  readonly session: AdminSession;
  readonly onClose: () => void;
}): ReactElement => {
  const say = useSay();
  const { client } = useReplay();
  const { name } = session.owner;
  const room = namesOf(me).room(session.roomName);
  return (
    <ConfirmDialog
      title={say(views.stopAsk, { name, room })}
      goes={[say(views.stopGoes)]}
      stays={[say(views.stopStays, { minutes: me.limits.graceMinutes }), say(views.stopShare)]}
      act={say(views.stop)}
      onAct={() => client.admin.stopSession(session.id)}
      done={say(views.stopped, { name })}
      onClose={onClose}
    />
  );
};

/** The list: of one community, or of all. */
export const SessionList = ({ me, communityId }: { readonly me: Me; readonly communityId?: string }): ReactElement => {
  const say = useSay();
  const { client } = useReplay();
  const [stopping, setStopping] = useState<AdminSession | null>(null);
  const columns = useColumns(me, setStopping);
  return (
    <>
      <Entries
        name={["sessions", communityId ?? null]}
        load={(question, signal) => client.admin.sessions({ ...question, ...(communityId === undefined ? {} : { communityId }) }, signal)}
        everyMs={EVERY_MS}
        none={{ title: say(views.sessionNone), how: say(views.sessionNoneHow) }}
        show={({ items }, busy) => (
          <ListTable label={say(views.sessions)} columns={columns} items={items} idOf={({ id }) => id} busy={busy} />
        )}
      />
      {stopping !== null && <StopDialog me={me} session={stopping} onClose={() => setStopping(null)} />}
    </>
  );
};
