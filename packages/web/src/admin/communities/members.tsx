/** The members of a community. */
import { useReplay } from "@livekit-replay/react";
import type { Me, MemberEntry } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { useSay } from "../../texts/say.js";
import { Button } from "../../ui/button.js";
import { Menu } from "../../ui/menu.js";
import { Entries } from "../list/entries.js";
import { Who } from "../list/who.js";
import { ListTable, type ListColumn } from "../list/table.js";
import { views } from "../texts/views.js";
import { MemberDialog, RemoveMember } from "./member.js";
import { useRoles } from "./use-roles.js";

type Change = { readonly is: "edit" | "remove"; readonly member: MemberEntry } | { readonly is: "add" };

const MemberRoles = ({ member }: { readonly member: MemberEntry }): ReactElement => {
  const say = useSay();
  const { data } = useRoles(member.communityId);
  if (member.roles.length === 0) return <span className="admin-soft">{say(views.memberRoleless)}</span>;
  const isMissing = (role: string): boolean => data?.all === true && !data.roles.some((known) => known.role === role);
  return (
    <ul className="admin-chips">
      {member.roles.map((role) => (
        <li key={role} data-missing={isMissing(role) || undefined}>
          {isMissing(role) ? say(views.roleMissingShort, { role }) : role}
        </li>
      ))}
    </ul>
  );
};

const useColumns = (me: Me, onChange: (change: Change) => void): readonly ListColumn<MemberEntry>[] => {
  const say = useSay();
  return [
    {
      id: "name",
      title: say(views.member),
      cell: ({ userId, name }) => <Who userId={userId} name={name} isMe={userId === me.userId} />,
    },
    {
      id: "roles",
      title: say(views.roles),
      cell: (member) => <MemberRoles member={member} />,
    },
    {
      id: "do",
      title: say(views.actions),
      bare: true,
      cell: (member) => (
        <Menu
          label={say(views.moreFor, { name: member.name ?? member.userId })}
          entries={[
            { id: "edit", label: say(views.rolesEdit), icon: "pencil", onAction: () => onChange({ is: "edit", member }) },
            { id: "remove", label: say(views.remove), icon: "bin", danger: true, onAction: () => onChange({ is: "remove", member }) },
          ]}
        />
      ),
    },
  ];
};

/** The list. */
export const Members = ({ communityId, me }: { readonly communityId: string; readonly me: Me }): ReactElement => {
  const say = useSay();
  const members = useReplay().client.directory.members(communityId);
  const [change, setChange] = useState<Change | null>(null);
  const columns = useColumns(me, setChange);
  const close = (): void => setChange(null);
  return (
    <>
      <Entries
        name={["members", communityId]}
        load={(question, signal) => members.list(question, signal)}
        search={say(views.memberSearch)}
        none={{ title: say(views.memberNone), how: say(views.memberNoneHow) }}
        tools={
          <Button look="strong" icon="plus" onPress={() => setChange({ is: "add" })}>
            {say(views.memberNew)}
          </Button>
        }
        show={({ items }, busy) => (
          <ListTable label={say(views.members)} columns={columns} items={items} idOf={({ userId }) => userId} busy={busy} />
        )}
      />
      {(change?.is === "add" || change?.is === "edit") && (
        <MemberDialog communityId={communityId} member={change.is === "add" ? null : change.member} onClose={close} />
      )}
      {change?.is === "remove" && <RemoveMember member={change.member} onClose={close} />}
    </>
  );
};
