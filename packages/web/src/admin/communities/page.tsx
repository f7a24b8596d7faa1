/** One community: its rooms, channels, roles, members, limits and sessions, as far as the asking person looks after them. */
import type { CommunityView, Me } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { Breadcrumb, Breadcrumbs } from "react-aria-components/Breadcrumbs";
import { Link } from "react-aria-components/Link";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components/Tabs";
import { useLocation } from "wouter";
import { routes } from "../../layout/routes.js";
import { words } from "../../texts/english.js";
import { useSay } from "../../texts/say.js";
import { Menu } from "../../ui/menu.js";
import { Nothing } from "../../ui/notice.js";
import { useTitle } from "../../ui/title.js";
import { intoView } from "../into-view.js";
import { lookedAfter, partsOf, writesDirectory, type CommunityPart } from "../may.js";
import { SessionList } from "../sessions/list.js";
import { views } from "../texts/views.js";
import { Channels } from "./channels.js";
import { RemoveCommunity, RenameCommunity } from "./change.js";
import { Limits } from "./limits.js";
import { Members } from "./members.js";
import { Roles } from "./roles.js";
import { Rooms } from "./rooms.js";

const titles = {
  rooms: words.rooms,
  channels: words.channels,
  roles: views.roles,
  members: views.members,
  limits: views.limits,
  sessions: views.sessions,
} as const;

/** Which community, which part of it; null: the first. */
export interface CommunityPageProps {
  readonly me: Me;
  readonly communityId: string;
  readonly part: CommunityPart | null;
}

const Part = ({
  me,
  community,
  part,
}: {
  readonly me: Me;
  readonly community: CommunityView;
  readonly part: CommunityPart;
}): ReactElement => {
  const { id } = community;
  switch (part) {
    case "rooms":
      return <Rooms communityId={id} />;
    case "channels":
      return <Channels communityId={id} />;
    case "roles":
      return <Roles communityId={id} />;
    case "members":
      return <Members communityId={id} me={me} />;
    case "limits":
      return <Limits communityId={id} me={me} />;
    case "sessions":
      return <SessionList me={me} communityId={id} />;
  }
};

const Head = ({ me, community }: { readonly me: Me; readonly community: CommunityView }): ReactElement => {
  const say = useSay();
  const [, navigate] = useLocation();
  const [change, setChange] = useState<"rename" | "remove" | null>(null);
  const close = (): void => setChange(null);
  return (
    <header className="admin-head">
      <Breadcrumbs className="admin-crumbs">
        <Breadcrumb>
          <Link href={routes.adminSection("communities")}>{say(views.communities)}</Link>
        </Breadcrumb>
        <Breadcrumb>
          <Link>{community.name}</Link>
        </Breadcrumb>
      </Breadcrumbs>
      <h1>{community.name}</h1>
      {writesDirectory(me) && (
        <Menu
          label={say(views.moreFor, { name: community.name })}
          entries={[
            { id: "rename", label: say(words.rename), icon: "pencil", onAction: () => setChange("rename") },
            { id: "remove", label: say(views.remove), icon: "bin", danger: true, onAction: () => setChange("remove") },
          ]}
        />
      )}
      {change === "rename" && <RenameCommunity community={community} onClose={close} />}
      {change === "remove" && (
        <RemoveCommunity community={community} onClose={close} onRemoved={() => navigate(routes.adminSection("communities"))} />
      )}
    </header>
  );
};

/** The view. A community that is not looked after is not even asked for. */
export const CommunityPage = ({ me, communityId, part }: CommunityPageProps): ReactElement => {
  const say = useSay();
  const community = lookedAfter(me).find(({ id }) => id === communityId);
  useTitle(community?.name ?? say(views.communities));
  const parts = partsOf(me);
  const shown = parts.find((one) => one === part) ?? (part === null ? parts[0] : undefined);
  if (community === undefined || shown === undefined) {
    return (
      <Nothing title={say(views.communityGone)}>
        <Link href={routes.adminSection("communities")}>{say(views.communities)}</Link>
      </Nothing>
    );
  }
  return (
    <>
      <Head me={me} community={community} />
      <Tabs className="admin-tabs" selectedKey={shown}>
        <TabList className="admin-tab-list" aria-label={say(views.partsOf, { name: community.name })}>
          {parts.map((one) => (
            <Tab
              key={one}
              id={one}
              className="admin-tab"
              href={routes.adminCommunity(communityId, one)}
              {...(one === shown ? { ref: intoView } : {})}
            >
              {say(titles[one])}
            </Tab>
          ))}
        </TabList>
        {parts.map((one) => (
          <TabPanel key={one} id={one} className="admin-tab-panel">
            <Part me={me} community={community} part={one} />
          </TabPanel>
        ))}
      </Tabs>
    </>
  );
};
