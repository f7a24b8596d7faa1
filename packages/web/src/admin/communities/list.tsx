/** The communities that are looked after. */
import { useReplay } from "@livekit-replay/react";
import { communityEntrySchema, type CommunityEntry, type Me } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { Link } from "react-aria-components/Link";
import { routes } from "../../layout/routes.js";
import { words } from "../../texts/english.js";
import { useSay } from "../../texts/say.js";
import { Menu } from "../../ui/menu.js";
import { Notice, Nothing } from "../../ui/notice.js";
import { useTitle } from "../../ui/title.js";
import { mustBeNew } from "../form/must-be-new.js";
import { Entries } from "../list/entries.js";
import { ListTable, type ListColumn } from "../list/table.js";
import { lookedAfter, writesDirectory } from "../may.js";
import { views } from "../texts/views.js";
import { Add } from "./add.js";
import { RemoveCommunity, RenameCommunity } from "./change.js";

type Change = { readonly is: "rename" | "remove"; readonly community: CommunityEntry };

const useColumns = (me: Me): readonly ListColumn<CommunityEntry>[] => {
  const say = useSay();
  const known = new Map(me.communities.map((community) => [community.id, community]));
  return [
    {
      id: "name",
      title: say(views.community),
      cell: ({ id, name }) => (
        <Link className="admin-way" href={routes.adminCommunity(id)}>
          {name}
        </Link>
      ),
    },
    { id: "id", title: say(views.id), cell: ({ id }) => <code>{id}</code> },
    { id: "rooms", title: say(words.rooms), cell: ({ id }) => known.get(id)?.rooms.length ?? "" },
    { id: "channels", title: say(words.channels), cell: ({ id }) => known.get(id)?.channels.length ?? "" },
  ];
};

const AddCommunity = (): ReactElement => {
  const say = useSay();
  const { communities } = useReplay().client.directory;
  return (
    <Add
      title={say(views.communityNew)}
      nameLabel={say(views.name)}
      idLabel={say(views.id)}
      idHint={say(views.idHint)}
      submit={say(views.create)}
      checks={communityEntrySchema}
      save={async ({ id, name }) => {
        await mustBeNew(() => communities.get(id), "community_not_found", say(views.communityThere, { id }));
        await communities.put(id, { name });
      }}
      saved={({ name }) => say(views.created, { name })}
    />
  );
};

/** Where they are written: pages, search, and what can be done with each. */
const Written = ({ me }: { readonly me: Me }): ReactElement => {
  const say = useSay();
  const { client } = useReplay();
  const [change, setChange] = useState<Change | null>(null);
  const columns = useColumns(me);
  const does: ListColumn<CommunityEntry> = {
    id: "do",
    title: say(views.actions),
    bare: true,
    cell: (community) => (
      <Menu
        label={say(views.moreFor, { name: community.name })}
        entries={[
          { id: "rename", label: say(words.rename), icon: "pencil", onAction: () => setChange({ is: "rename", community }) },
          { id: "remove", label: say(views.remove), icon: "bin", danger: true, onAction: () => setChange({ is: "remove", community }) },
        ]}
      />
    ),
  };
  return (
    <>
      <Entries
        name={["communities"]}
        load={(question, signal) => client.directory.communities.list(question, signal)}
        search={say(views.communitySearch)}
        none={{ title: say(views.communityNone), how: say(views.communityNoneHow) }}
        tools={<AddCommunity />}
        show={({ items }, busy) => (
          <ListTable label={say(views.communities)} columns={[...columns, does]} items={items} idOf={({ id }) => id} busy={busy} />
        )}
      />
      {change?.is === "rename" && <RenameCommunity community={change.community} onClose={() => setChange(null)} />}
      {change?.is === "remove" && <RemoveCommunity community={change.community} onClose={() => setChange(null)} />}
    </>
  );
};

/** Where somebody else writes them. */
const Known = ({ me }: { readonly me: Me }): ReactElement => {
  const say = useSay();
  const columns = useColumns(me);
  const items = lookedAfter(me);
  return (
    <>
      {me.directory === "host" && me.admin && <Notice look="plain">{say(views.ofHost)}</Notice>}
      {items.length === 0 ? (
        <Nothing title={say(views.communityNone)} />
      ) : (
        <ListTable label={say(views.communities)} columns={columns} items={items} idOf={({ id }) => id} />
      )}
    </>
  );
};

/** The view. */
export const CommunityList = ({ me }: { readonly me: Me }): ReactElement => {
  const say = useSay();
  useTitle(say(views.communities));
  return (
    <>
      <h1>{say(views.communities)}</h1>
      {writesDirectory(me) ? <Written me={me} /> : <Known me={me} />}
    </>
  );
};
