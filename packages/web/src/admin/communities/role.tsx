/** A role: its name, and what it lets its members do. */
import { useReplay } from "@livekit-replay/react";
import { permissionSchema, roleEntrySchema, type Permission, type RoleEntry } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { words } from "../../texts/english.js";
import { useSay } from "../../texts/say.js";
import { CheckList } from "../form/checks.js";
import { ConfirmDialog } from "../form/confirm-dialog.js";
import { mustBeNew } from "../form/must-be-new.js";
import { SaveDialog } from "../form/save-dialog.js";
import { TextInput } from "../form/text.js";
import { useFields } from "../form/use-fields.js";
import { views } from "../texts/views.js";
import { permissionWords, shownPermissions } from "./permissions.js";

const checks = roleEntrySchema.pick({ role: true, permissions: true });

/** What somebody in a room needs. */
const usual: readonly Permission[] = ["ENABLE_REPLAY_BUFFER", "CAPTURE_REPLAY", "VIEW_CHANNEL", "SEND_MESSAGES"];

/** Which role; null: a new one. */
export interface RoleDialogProps {
  readonly communityId: string;
  readonly role: RoleEntry | null;
  readonly onClose: () => void;
}

/** The dialog; open while it is rendered. */
export const RoleDialog = ({ communityId, role, onClose }: RoleDialogProps): ReactElement => {
  const say = useSay();
  const roles = useReplay().client.directory.roles(communityId);
  const fields = useFields(checks, { role: role?.role ?? "", permissions: role?.permissions ?? usual });
  return (
    <SaveDialog
      title={role === null ? say(views.roleNew) : say(views.roleOf, { role: role.role })}
      submit={role === null ? say(views.create) : say(words.save)}
      check={fields.check}
      save={async (typed) => {
        if (role === null) await mustBeNew(() => roles.get(typed.role), "role_not_found", say(views.roleThere, { role: typed.role }));
        await roles.put(typed.role, { permissions: typed.permissions });
      }}
      saved={(typed) => (role === null ? say(views.created, { name: typed.role }) : say(views.saved))}
      onClose={onClose}
    >
      {role === null && <TextInput fields={fields} name="role" label={say(views.name)} hint={say(views.roleNameHint)} autoFocus />}
      <CheckList
        label={say(views.roleMay)}
        values={fields.values.permissions}
        onChange={(permissions) => fields.set("permissions", permissions)}
        choices={shownPermissions.map((value) => ({
          value: permissionSchema.parse(value),
          label: say(permissionWords[value].name),
          sentence: say(permissionWords[value].sentence),
          code: value,
        }))}
      />
    </SaveDialog>
  );
};

/** The question before a role goes. */
export const RemoveRole = ({
  communityId,
  role,
  onClose,
}: {
  readonly communityId: string;
  readonly role: string;
  readonly onClose: () => void;
}): ReactElement => {
  const say = useSay();
  const { client } = useReplay();
  return (
    <ConfirmDialog
      title={say(views.removeAsk, { name: role })}
      goes={[say(views.roleGoes), say(views.rightsGo)]}
      stays={[say(views.roleStays), say(views.rightsStay)]}
      act={say(views.removeIt, { name: role })}
      onAct={() => client.directory.roles(communityId).remove(role)}
      done={say(views.removed, { name: role })}
      onClose={onClose}
    />
  );
};
