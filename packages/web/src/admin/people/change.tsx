/** A person comes, gets or loses power over everything, goes. */
import { sizeText, useReplay } from "@livekit-replay/react";
import { personEntrySchema, type PersonEntry } from "@livekit-replay/contract";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useSay } from "../../texts/say.js";
import { ConfirmDialog } from "../form/confirm-dialog.js";
import { mustBeNew } from "../form/must-be-new.js";
import { SaveDialog } from "../form/save-dialog.js";
import { TextInput } from "../form/text.js";
import { Toggle } from "../form/toggle.js";
import { useFields } from "../form/use-fields.js";
import { adminKey } from "../form/use-saved.js";
import { views } from "../texts/views.js";

/** The dialog; open while it is rendered. */
export const AddPerson = ({ onClose }: { readonly onClose: () => void }): ReactElement => {
  const say = useSay();
  const { people } = useReplay().client.directory;
  const fields = useFields(personEntrySchema, { userId: "", name: "", admin: false });
  return (
    <SaveDialog
      title={say(views.personNew)}
      submit={say(views.add)}
      check={fields.check}
      save={async ({ userId, name, admin }) => {
        await mustBeNew(() => people.get(userId), "user_not_found", say(views.personThere, { userId }));
        await people.put(userId, { name, admin });
      }}
      saved={({ name }) => say(views.personAdded, { name })}
      onClose={onClose}
    >
      <TextInput fields={fields} name="userId" label={say(views.userId)} hint={say(views.userIdHint)} isCode autoFocus />
      <TextInput fields={fields} name="name" label={say(views.name)} />
      <Toggle
        label={say(views.instanceAdmin)}
        sentence={say(views.instanceAdminWhat)}
        isOn={fields.values.admin}
        onChange={(admin) => fields.set("admin", admin)}
      />
    </SaveDialog>
  );
};

/** Whom a question is about. */
export interface ChangePersonProps {
  readonly person: PersonEntry;
  readonly onClose: () => void;
}

/** The question before somebody may everything. */
export const GiveAdmin = ({ person, onClose }: ChangePersonProps): ReactElement => {
  const say = useSay();
  const { people } = useReplay().client.directory;
  const { userId, name } = person;
  return (
    <ConfirmDialog
      title={say(views.adminGiveAsk, { name })}
      goes={[]}
      stays={[]}
      act={say(views.adminGive)}
      onAct={() => people.put(userId, { name, admin: true })}
      done={say(views.adminGiven, { name })}
      onClose={onClose}
    >
      <p>{say(views.instanceAdminWhat)}</p>
    </ConfirmDialog>
  );
};

/** The question before somebody loses it. */
export const TakeAdmin = ({ person, onClose }: ChangePersonProps): ReactElement => {
  const say = useSay();
  const { people } = useReplay().client.directory;
  const { userId, name } = person;
  return (
    <ConfirmDialog
      title={say(views.adminTakeAsk, { name })}
      goes={[say(views.adminTakeGoes)]}
      stays={[say(views.adminTakeStays), say(views.adminToken)]}
      act={say(views.adminTake)}
      onAct={() => people.put(userId, { name, admin: false })}
      done={say(views.adminTaken, { name })}
      onClose={onClose}
    />
  );
};

/** The question before a user goes, with all that is theirs. */
export const RemoveUser = ({ person, onClose }: ChangePersonProps): ReactElement => {
  const say = useSay();
  const { client } = useReplay();
  const { userId, name } = person;
  const quota = useQuery({
    queryKey: [adminKey, "quota", userId],
    queryFn: ({ signal }) => client.admin.quota(userId, signal),
  });
  const usedBytes = quota.data?.usedBytes ?? 0;
  const clips = usedBytes === 0 ? say(views.userGoesClips) : say(views.userGoesClipsOf, { size: sizeText(usedBytes) });
  return (
    <ConfirmDialog
      title={say(views.userRemoveAsk, { name })}
      goes={[clips, say(views.userGoesSessions), say(views.userGoesPlaces)]}
      stays={[say(views.userStaysOthers), say(views.userStaysPosts), say(views.userStaysToken)]}
      act={say(views.userRemoveIt, { name })}
      onAct={() => client.directory.people.remove(userId)}
      done={say(views.removed, { name })}
      onClose={onClose}
    />
  );
};
