/** The rooms of a community. */
import { useReplay } from "@livekit-replay/react";
import { roomEntrySchema, type RoomEntry } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { Link } from "react-aria-components/Link";
import { routes } from "../../layout/routes.js";
import { words } from "../../texts/english.js";
import { useSay } from "../../texts/say.js";
import { Menu } from "../../ui/menu.js";
import { ConfirmDialog } from "../form/confirm-dialog.js";
import { mustBeNew } from "../form/must-be-new.js";
import type { Checks } from "../form/use-fields.js";
import { Entries } from "../list/entries.js";
import { ListTable, type ListColumn } from "../list/table.js";
import { views } from "../texts/views.js";
import { Add, type Named } from "./add.js";
import { Rename } from "../form/rename.js";

type Change = { readonly is: "rename" | "remove"; readonly room: RoomEntry };

const entry = roomEntrySchema.pick({ roomName: true, title: true });

/** A room's id is LiveKit's name of it. */
const checks: Checks<Named> = {
  safeParse: (value) => {
    const { id, name } = value as Named;
    const checked = entry.safeParse({ roomName: id, title: name });
    if (checked.success) return { success: true, data: { id: checked.data.roomName, name: checked.data.title } };
    const issues = checked.error.issues.map(({ path, message }) => ({ path: [path[0] === "roomName" ? "id" : "name"], message }));
    return { success: false, error: { issues } };
  },
};

const AddRoom = ({ communityId }: { readonly communityId: string }): ReactElement => {
  const say = useSay();
  const rooms = useReplay().client.directory.rooms(communityId);
  return (
    <Add
      title={say(views.roomNew)}
      nameLabel={say(views.name)}
      idLabel={say(views.roomId)}
      idHint={say(views.roomIdHint)}
      submit={say(views.create)}
      checks={checks}
      save={async ({ id, name }) => {
        await mustBeNew(() => rooms.get(id), "room_not_found", say(views.roomThere, { id }));
        await rooms.put(id, { title: name });
      }}
      saved={({ name }) => say(views.created, { name })}
    />
  );
};

const RemoveRoom = ({ room, onClose }: { readonly room: RoomEntry; readonly onClose: () => void }): ReactElement => {
  const say = useSay();
  const { client } = useReplay();
  const name = room.title;
  return (
    <ConfirmDialog
      title={say(views.removeAsk, { name })}
      goes={[say(views.roomGoes)]}
      stays={[say(views.roomStaysBuffer), say(views.roomStaysClips)]}
      act={say(views.removeIt, { name })}
      onAct={() => client.directory.rooms(room.communityId).remove(room.roomName)}
      done={say(views.removed, { name })}
      onClose={onClose}
    />
  );
};

/** The list. */
export const Rooms = ({ communityId }: { readonly communityId: string }): ReactElement => {
  const say = useSay();
  const rooms = useReplay().client.directory.rooms(communityId);
  const [change, setChange] = useState<Change | null>(null);
  const close = (): void => setChange(null);
  const columns: readonly ListColumn<RoomEntry>[] = [
    {
      id: "name",
      title: say(views.room),
      cell: ({ roomName, title }) => (
        <Link className="admin-way" href={routes.room(roomName)}>
          {title}
        </Link>
      ),
    },
    { id: "id", title: say(views.roomId), cell: ({ roomName }) => <code>{roomName}</code> },
    {
      id: "do",
      title: say(views.actions),
      bare: true,
      cell: (room) => (
        <Menu
          label={say(views.moreFor, { name: room.title })}
          entries={[
            { id: "rename", label: say(words.rename), icon: "pencil", onAction: () => setChange({ is: "rename", room }) },
            { id: "remove", label: say(views.remove), icon: "bin", danger: true, onAction: () => setChange({ is: "remove", room }) },
          ]}
        />
      ),
    },
  ];
  return (
    <>
      <Entries
        name={["rooms", communityId]}
        load={(question, signal) => rooms.list(question, signal)}
        search={say(views.roomSearch)}
        none={{ title: say(views.roomNone), how: say(views.roomNoneHow) }}
        tools={<AddRoom communityId={communityId} />}
        show={({ items }, busy) => (
          <ListTable label={say(words.rooms)} columns={columns} items={items} idOf={({ roomName }) => roomName} busy={busy} />
        )}
      />
      {change?.is === "rename" && (
        <Rename
          title={say(views.renameOf, { name: change.room.title })}
          before={change.room.title}
          save={(title) => rooms.put(change.room.roomName, { title })}
          onClose={close}
        />
      )}
      {change?.is === "remove" && <RemoveRoom room={change.room} onClose={close} />}
    </>
  );
};
