/** The roles of a community. */
import { useReplay } from "@livekit-replay/react";
import type { RoleEntry } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { useSay } from "../../texts/say.js";
import { Button } from "../../ui/button.js";
import { Menu } from "../../ui/menu.js";
import { Entries } from "../list/entries.js";
import { ListTable, type ListColumn } from "../list/table.js";
import { views } from "../texts/views.js";
import { permissionWords, shownPermissions } from "./permissions.js";
import { RemoveRole, RoleDialog } from "./role.js";

type Change = { readonly is: "edit" | "remove"; readonly role: RoleEntry } | { readonly is: "add" };

/** The list. */
export const Roles = ({ communityId }: { readonly communityId: string }): ReactElement => {
  const say = useSay();
  const roles = useReplay().client.directory.roles(communityId);
  const [change, setChange] = useState<Change | null>(null);
  const close = (): void => setChange(null);
  const columns: readonly ListColumn<RoleEntry>[] = [
    { id: "name", title: say(views.role), cell: ({ role }) => <strong>{role}</strong> },
    {
      id: "may",
      title: say(views.roleMay),
      cell: ({ permissions }) =>
        permissions.length === 0 ? (
          <span className="admin-soft">{say(views.roleMayNothing)}</span>
        ) : (
          <ul className="admin-chips">
            {shownPermissions
              .filter((permission) => permissions.includes(permission))
              .map((permission) => (
                <li key={permission}>{say(permissionWords[permission].name)}</li>
              ))}
          </ul>
        ),
    },
    {
      id: "do",
      title: say(views.actions),
      bare: true,
      cell: (role) => (
        <Menu
          label={say(views.moreFor, { name: role.role })}
          entries={[
            { id: "edit", label: say(views.roleEdit), icon: "pencil", onAction: () => setChange({ is: "edit", role }) },
            { id: "remove", label: say(views.remove), icon: "bin", danger: true, onAction: () => setChange({ is: "remove", role }) },
          ]}
        />
      ),
    },
  ];
  return (
    <>
      <Entries
        name={["roles", communityId]}
        load={(question, signal) => roles.list(question, signal)}
        none={{ title: say(views.roleNone), how: say(views.roleNoneHow) }}
        tools={
          <Button look="strong" icon="plus" onPress={() => setChange({ is: "add" })}>
            {say(views.roleNew)}
          </Button>
        }
        show={({ items }, busy) => (
          <ListTable label={say(views.roles)} columns={columns} items={items} idOf={({ role }) => role} busy={busy} />
        )}
      />
      {(change?.is === "add" || change?.is === "edit") && (
        <RoleDialog communityId={communityId} role={change.is === "add" ? null : change.role} onClose={close} />
      )}
      {change?.is === "remove" && <RemoveRole communityId={communityId} role={change.role.role} onClose={close} />}
    </>
  );
};
