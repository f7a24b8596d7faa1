/** What can be added with a name and an id: a community, a room, a channel. */
import { useState, type ReactElement } from "react";
import { Button } from "../../ui/button.js";
import { idFrom } from "../form/id.js";
import { SaveDialog } from "../form/save-dialog.js";
import { TextInput } from "../form/text.js";
import { useFields, type Checks } from "../form/use-fields.js";

/** What is typed. */
export interface Named {
  readonly name: string;
  readonly id: string;
}

/** Words and work of an addition. */
export interface AddProps {
  /** Of the button that opens the dialog, and of the dialog. */
  readonly title: string;
  readonly nameLabel: string;
  readonly idLabel: string;
  /** What the id is, and that it stays. */
  readonly idHint: string;
  readonly submit: string;
  readonly checks: Checks<Named>;
  readonly save: (typed: Named) => Promise<unknown>;
  readonly saved: (typed: Named) => string;
}

const AddDialog = ({
  title,
  nameLabel,
  idLabel,
  idHint,
  submit,
  checks,
  save,
  saved,
  onClose,
}: AddProps & { readonly onClose: () => void }): ReactElement => {
  const fields = useFields(checks, { name: "", id: "" });
  // Until somebody types an id of their own it follows the name.
  const [follows, setFollows] = useState(true);
  return (
    <SaveDialog title={title} submit={submit} check={fields.check} save={save} saved={saved} onClose={onClose}>
      <TextInput
        fields={fields}
        name="name"
        label={nameLabel}
        autoFocus
        onTyped={(name) => {
          if (follows) fields.set("id", idFrom(name));
        }}
      />
      <TextInput fields={fields} name="id" label={idLabel} hint={idHint} isCode onTyped={() => setFollows(false)} />
    </SaveDialog>
  );
};

/** The button, and the dialog that it opens. */
export const Add = (props: AddProps): ReactElement => {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button look="strong" icon="plus" onPress={() => setOpen(true)}>
        {props.title}
      </Button>
      {isOpen && <AddDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
};
