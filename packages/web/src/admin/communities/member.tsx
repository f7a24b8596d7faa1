/** A member: who it is, and with which roles. */
import { useReplay } from "@livekit-replay/react";
import { memberEntrySchema, type MemberEntry } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { words } from "../../texts/english.js";
import { sentenceOf } from "../../texts/refusal.js";
import { useSay } from "../../texts/say.js";
import { Loading, Notice } from "../../ui/notice.js";
import { CheckList } from "../form/checks.js";
import { ConfirmDialog } from "../form/confirm-dialog.js";
import { mustBeNew } from "../form/must-be-new.js";
import { SaveDialog } from "../form/save-dialog.js";
import { TextInput } from "../form/text.js";
import { useFields, type Fields } from "../form/use-fields.js";
import { views } from "../texts/views.js";
import { permissionWords, shownPermissions } from "./permissions.js";
import { useRoles } from "./use-roles.js";

const checks = memberEntrySchema.pick({ userId: true, roles: true });

interface Typed {
  readonly userId: string;
  readonly roles: string[];
}

const RoleChoice = ({ communityId, fields }: { readonly communityId: string; readonly fields: Fields<Typed, unknown> }): ReactElement => {
  const say = useSay();
  const list = useRoles(communityId);
  if (list.isPending) return <Loading label={say(words.loading)} />;
  if (list.isError) return <Notice look="warning">{sentenceOf(list.error, say)}</Notice>;
  const known = list.data.roles.map(({ role, permissions }) => {
    const may = shownPermissions.filter((one) => permissions.includes(one)).map((one) => say(permissionWords[one].name));
    return { value: role, label: role, sentence: may.length === 0 ? say(views.roleMayNothing) : may.join(", ") };
  });
  const missing = fields.values.roles.filter((role) => !known.some(({ value }) => value === role));
  const choices = [
    ...known,
    ...missing.map((role) => ({ value: role, label: role, sentence: list.data.all ? say(views.roleMissing) : undefined })),
  ];
  if (choices.length === 0) return <p className="admin-hint">{say(views.memberNoRoles)}</p>;
  return <CheckList label={say(views.roles)} values={fields.values.roles} onChange={(to) => fields.set("roles", to)} choices={choices} />;
};

/** Which member; null: a new one. */
export interface MemberDialogProps {
  readonly communityId: string;
  readonly member: MemberEntry | null;
  readonly onClose: () => void;
}

/** The dialog; open while it is rendered. */
export const MemberDialog = ({ communityId, member, onClose }: MemberDialogProps): ReactElement => {
  const say = useSay();
  const members = useReplay().client.directory.members(communityId);
  const fields = useFields<Typed, Typed>(checks, { userId: member?.userId ?? "", roles: member?.roles ?? [] });
  return (
    <SaveDialog
      title={member === null ? say(views.memberNew) : say(views.rolesOf, { name: member.name ?? member.userId })}
      submit={member === null ? say(views.add) : say(words.save)}
      check={fields.check}
      save={async ({ userId, roles }) => {
        if (member === null) await mustBeNew(() => members.get(userId), "member_not_found", say(views.memberThere, { userId }));
        await members.put(userId, { roles });
      }}
      saved={({ userId }) => (member === null ? say(views.memberAdded, { userId }) : say(views.saved))}
      onClose={onClose}
    >
      {member === null && (
        <TextInput fields={fields} name="userId" label={say(views.userId)} hint={say(views.userIdHint)} isCode autoFocus />
      )}
      <RoleChoice communityId={communityId} fields={fields} />
    </SaveDialog>
  );
};

/** The question before a member goes. */
export const RemoveMember = ({ member, onClose }: { readonly member: MemberEntry; readonly onClose: () => void }): ReactElement => {
  const say = useSay();
  const { client } = useReplay();
  const name = member.name ?? member.userId;
  return (
    <ConfirmDialog
      title={say(views.memberRemoveAsk, { name })}
      goes={[say(views.memberGoes), say(views.rightsGo)]}
      stays={[say(views.memberStays), say(views.rightsStay)]}
      act={say(views.removeIt, { name })}
      onAct={() => client.directory.members(member.communityId).remove(member.userId)}
      done={say(views.removed, { name })}
      onClose={onClose}
    />
  );
};
