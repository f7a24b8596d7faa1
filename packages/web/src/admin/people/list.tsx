/** The people of the built-in directory. */
import { useReplay } from "@livekit-replay/react";
import type { Me, PersonEntry } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { words } from "../../texts/english.js";
import { useSay } from "../../texts/say.js";
import { Button } from "../../ui/button.js";
import { Menu, type MenuEntry } from "../../ui/menu.js";
import { useTitle } from "../../ui/title.js";
import { Rename } from "../form/rename.js";
import { Entries } from "../list/entries.js";
import { ListTable, type ListColumn } from "../list/table.js";
import { Who } from "../list/who.js";
import { views } from "../texts/views.js";
import { AddPerson, GiveAdmin, RemoveUser, TakeAdmin } from "./change.js";

type Change = { readonly is: "add" } | { readonly is: "rename" | "give" | "take" | "remove"; readonly person: PersonEntry };

/** What can be done with a person. Nobody takes themselves away, or their own power: who made that mistake could not mend it. */
const useMenu = (me: Me, onChange: (change: Change) => void): ((person: PersonEntry) => readonly MenuEntry[]) => {
  const say = useSay();
  return (person) => {
    const rename: MenuEntry = {
      id: "rename",
      label: say(words.rename),
      icon: "pencil",
      onAction: () => onChange({ is: "rename", person }),
    };
    if (person.userId === me.userId) return [rename];
    const is = person.admin ? "take" : "give";
    return [
      rename,
      { id: is, label: say(person.admin ? views.adminTake : views.adminGive), icon: "lock", onAction: () => onChange({ is, person }) },
      { id: "remove", label: say(views.userRemove), icon: "bin", danger: true, onAction: () => onChange({ is: "remove", person }) },
    ];
  };
};

const Dialogs = ({ change, onClose }: { readonly change: Change; readonly onClose: () => void }): ReactElement => {
  const say = useSay();
  const { people } = useReplay().client.directory;
  switch (change.is) {
    case "add":
      return <AddPerson onClose={onClose} />;
    case "rename": {
      const { userId, name } = change.person;
      const title = say(views.renameOf, { name });
      return <Rename title={title} before={name} save={(to) => people.put(userId, { name: to })} onClose={onClose} />;
    }
    case "give":
      return <GiveAdmin person={change.person} onClose={onClose} />;
    case "take":
      return <TakeAdmin person={change.person} onClose={onClose} />;
    case "remove":
      return <RemoveUser person={change.person} onClose={onClose} />;
  }
};

/** The view. */
export const PeopleList = ({ me }: { readonly me: Me }): ReactElement => {
  const say = useSay();
  const { people } = useReplay().client.directory;
  const [change, setChange] = useState<Change | null>(null);
  const menuOf = useMenu(me, setChange);
  useTitle(say(views.people));
  const columns: readonly ListColumn<PersonEntry>[] = [
    {
      id: "name",
      title: say(views.person),
      cell: ({ userId, name }) => <Who userId={userId} name={name} isMe={userId === me.userId} />,
    },
    {
      id: "admin",
      title: say(views.power),
      cell: ({ admin }) =>
        admin ? <span className="admin-badge">{say(views.instanceAdmin)}</span> : <span className="admin-soft">{say(views.byRoles)}</span>,
    },
    {
      id: "do",
      title: say(views.actions),
      bare: true,
      cell: (person) => <Menu label={say(views.moreFor, { name: person.name })} entries={menuOf(person)} />,
    },
  ];
  return (
    <>
      <h1>{say(views.people)}</h1>
      <p className="admin-lead">{say(views.peopleWhat)}</p>
      <Entries
        name={["people"]}
        load={(question, signal) => people.list(question, signal)}
        search={say(views.peopleSearch)}
        none={{ title: say(views.peopleNone) }}
        tools={
          <Button look="strong" icon="plus" onPress={() => setChange({ is: "add" })}>
            {say(views.personNew)}
          </Button>
        }
        show={({ items }, busy) => (
          <ListTable label={say(views.people)} columns={columns} items={items} idOf={({ userId }) => userId} busy={busy} />
        )}
      />
      {change !== null && <Dialogs change={change} onClose={() => setChange(null)} />}
    </>
  );
};
