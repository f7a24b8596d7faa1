/** The channels of a community. */
import { useReplay } from "@livekit-replay/react";
import { channelEntrySchema, type ChannelEntry } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { Link } from "react-aria-components/Link";
import { routes } from "../../layout/routes.js";
import { words } from "../../texts/english.js";
import { useSay } from "../../texts/say.js";
import { Menu } from "../../ui/menu.js";
import { ConfirmDialog } from "../form/confirm-dialog.js";
import { mustBeNew } from "../form/must-be-new.js";
import { Entries } from "../list/entries.js";
import { ListTable, type ListColumn } from "../list/table.js";
import { views } from "../texts/views.js";
import { Add } from "./add.js";
import { Rename } from "../form/rename.js";

type Change = { readonly is: "rename" | "remove"; readonly channel: ChannelEntry };

const checks = channelEntrySchema.pick({ id: true, name: true });

const AddChannel = ({ communityId }: { readonly communityId: string }): ReactElement => {
  const say = useSay();
  const channels = useReplay().client.directory.channels(communityId);
  return (
    <Add
      title={say(views.channelNew)}
      nameLabel={say(views.name)}
      idLabel={say(views.id)}
      idHint={say(views.idHint)}
      submit={say(views.create)}
      checks={checks}
      save={async ({ id, name }) => {
        await mustBeNew(() => channels.get(id), "channel_not_found", say(views.channelThere, { id }));
        await channels.put(id, { name });
      }}
      saved={({ name }) => say(views.created, { name: `#${name}` })}
    />
  );
};

const RemoveChannel = ({ channel, onClose }: { readonly channel: ChannelEntry; readonly onClose: () => void }): ReactElement => {
  const say = useSay();
  const { client } = useReplay();
  const name = `#${channel.name}`;
  return (
    <ConfirmDialog
      title={say(views.removeAsk, { name })}
      goes={[say(views.channelGoes)]}
      stays={[say(views.channelStays)]}
      act={say(views.removeIt, { name })}
      onAct={() => client.directory.channels(channel.communityId).remove(channel.id)}
      done={say(views.removed, { name })}
      onClose={onClose}
    />
  );
};

/** The list. */
export const Channels = ({ communityId }: { readonly communityId: string }): ReactElement => {
  const say = useSay();
  const channels = useReplay().client.directory.channels(communityId);
  const [change, setChange] = useState<Change | null>(null);
  const close = (): void => setChange(null);
  const columns: readonly ListColumn<ChannelEntry>[] = [
    {
      id: "name",
      title: say(views.channel),
      cell: ({ id, name }) => (
        <Link className="admin-way" href={routes.channel(id)}>
          #{name}
        </Link>
      ),
    },
    { id: "id", title: say(views.id), cell: ({ id }) => <code>{id}</code> },
    {
      id: "do",
      title: say(views.actions),
      bare: true,
      cell: (channel) => (
        <Menu
          label={say(views.moreFor, { name: channel.name })}
          entries={[
            { id: "rename", label: say(words.rename), icon: "pencil", onAction: () => setChange({ is: "rename", channel }) },
            { id: "remove", label: say(views.remove), icon: "bin", danger: true, onAction: () => setChange({ is: "remove", channel }) },
          ]}
        />
      ),
    },
  ];
  return (
    <>
      <Entries
        name={["channels", communityId]}
        load={(question, signal) => channels.list(question, signal)}
        search={say(views.channelSearch)}
        none={{ title: say(views.channelNone), how: say(views.channelNoneHow) }}
        tools={<AddChannel communityId={communityId} />}
        show={({ items }, busy) => (
          <ListTable label={say(words.channels)} columns={columns} items={items} idOf={({ id }) => id} busy={busy} />
        )}
      />
      {change?.is === "rename" && (
        <Rename
          title={say(views.renameOf, { name: change.channel.name })}
          before={change.channel.name}
          save={(name) => channels.put(change.channel.id, { name })}
          onClose={close}
        />
      )}
      {change?.is === "remove" && <RemoveChannel channel={change.channel} onClose={close} />}
    </>
  );
};
