/** Another name for a community, a room, a channel, a person; their ids stay. */
import type { ReactElement } from "react";
import { displayNameSchema } from "@livekit-replay/contract";
import { words } from "../../texts/english.js";
import { useSay } from "../../texts/say.js";
import { SaveDialog } from "./save-dialog.js";
import { TextInput } from "./text.js";
import { useFields, type Checks } from "./use-fields.js";
import { views } from "../texts/views.js";

/** A name, as the contract takes it. */
const checks: Checks<string> = {
  safeParse: (value) => {
    const checked = displayNameSchema.safeParse((value as { readonly name: unknown }).name);
    return checked.success
      ? checked
      : { success: false, error: { issues: checked.error.issues.map(({ message }) => ({ path: ["name"], message })) } };
  },
};

/** What is renamed. */
export interface RenameProps {
  readonly title: string;
  readonly before: string;
  readonly save: (name: string) => Promise<unknown>;
  readonly onClose: () => void;
}

/** The dialog; open while it is rendered. */
export const Rename = ({ title, before, save, onClose }: RenameProps): ReactElement => {
  const say = useSay();
  const fields = useFields(checks, { name: before });
  return (
    <SaveDialog title={title} submit={say(words.save)} check={fields.check} save={save} saved={() => say(views.saved)} onClose={onClose}>
      <TextInput fields={fields} name="name" label={say(views.name)} autoFocus />
    </SaveDialog>
  );
};
