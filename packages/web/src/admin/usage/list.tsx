/** Who keeps how much, most first, and how much each may. */
import { sizeText, useReplay } from "@livekit-replay/react";
import type { Me, Quota, UserUsage, UserUsagePage } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { Meter } from "react-aria-components/Meter";
import { useSay } from "../../texts/say.js";
import { Button } from "../../ui/button.js";
import { useTitle } from "../../ui/title.js";
import { Entries } from "../list/entries.js";
import { ListTable, type ListColumn } from "../list/table.js";
import { Who } from "../list/who.js";
import { views } from "../texts/views.js";
import { FindUser } from "./find.js";
import { LimitDialog, type Limited } from "./limit.js";

const share = ({ usedBytes, reservedBytes, limitBytes }: Quota): number =>
  limitBytes === 0 ? 1 : Math.min(1, (usedBytes + reservedBytes) / limitBytes);

const Used = ({ quota, name }: { readonly quota: Quota; readonly name: string }): ReactElement => {
  const say = useSay();
  const said = say(views.usedOf, { used: sizeText(quota.usedBytes + quota.reservedBytes), limit: sizeText(quota.limitBytes) });
  return (
    <Meter className="admin-meter" aria-label={say(views.usedBy, { name })} value={share(quota) * 100} valueLabel={said}>
      <span>{said}</span>
      <span className="admin-meter-bar" data-full={share(quota) >= 0.95 || undefined}>
        <span style={{ inlineSize: `${share(quota) * 100}%` }} />
      </span>
    </Meter>
  );
};

const Sums = ({ page }: { readonly page: UserUsagePage }): ReactElement => {
  const say = useSay();
  const facts = [
    { title: views.usedByAll, bytes: page.usedBytes },
    ...(page.reservedBytes > 0 ? [{ title: views.reserved, bytes: page.reservedBytes }] : []),
    { title: views.free, bytes: page.freeBytes },
    { title: views.defaultLimit, bytes: page.defaultLimitBytes },
  ];
  return (
    <dl className="admin-facts">
      {facts.map(({ title, bytes }) => (
        <div key={title.id}>
          <dt>{say(title)}</dt>
          <dd>{sizeText(bytes)}</dd>
        </div>
      ))}
    </dl>
  );
};

const useColumns = (me: Me, onEdit: (limited: Limited) => void): ((page: UserUsagePage) => readonly ListColumn<UserUsage>[]) => {
  const say = useSay();
  return ({ defaultLimitBytes }) => [
    {
      id: "name",
      title: say(views.person),
      cell: ({ userId, name }) => <Who userId={userId} name={name} isMe={userId === me.userId} />,
    },
    { id: "used", title: say(views.used), cell: ({ quota, name }) => <Used quota={quota} name={name} /> },
    {
      id: "limit",
      title: say(views.limit),
      cell: ({ quota, ownLimitBytes }) =>
        ownLimitBytes === null ? (
          <span className="admin-soft">{say(views.limitDefault)}</span>
        ) : (
          say(views.limitOwn, { limit: sizeText(quota.limitBytes) })
        ),
    },
    {
      id: "do",
      title: say(views.actions),
      bare: true,
      cell: ({ userId, name, quota, ownLimitBytes }) => (
        <Button
          aria-label={say(views.limitEditOf, { name })}
          onPress={() => onEdit({ userId, name, quota, ownLimitBytes, defaultLimitBytes })}
        >
          {say(views.limitEdit)}
        </Button>
      ),
    },
  ];
};

/** The view. */
export const UsageList = ({ me }: { readonly me: Me }): ReactElement => {
  const say = useSay();
  const { client } = useReplay();
  const [editing, setEditing] = useState<Limited | null>(null);
  const columnsOf = useColumns(me, setEditing);
  useTitle(say(views.usage));
  return (
    <>
      <h1>{say(views.usage)}</h1>
      <p className="admin-lead">{say(views.usageWhat)}</p>
      <Entries
        name={["usage"]}
        load={(question, signal) => client.admin.users(question, signal)}
        none={{ title: say(views.usageNone), how: say(views.usageNoneHow) }}
        tools={<FindUser onFound={setEditing} />}
        show={(page, busy) => (
          <>
            <Sums page={page} />
            <ListTable label={say(views.usage)} columns={columnsOf(page)} items={page.items} idOf={({ userId }) => userId} busy={busy} />
          </>
        )}
      />
      {editing !== null && <LimitDialog limited={editing} onClose={() => setEditing(null)} />}
    </>
  );
};
