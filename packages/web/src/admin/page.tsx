/** The administration: for who runs the server, and for who looks after a community. Loaded when it is opened, with its words and its style. */
import type { Me } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { Link } from "react-aria-components/Link";
import { Redirect } from "wouter";
import { usePathname } from "wouter/use-browser-location";
import "../styles/admin.css";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { addWords } from "../texts/language.js";
import { useSay } from "../texts/say.js";
import { Nothing } from "../ui/notice.js";
import { CommunityList } from "./communities/list.js";
import { CommunityPage } from "./communities/page.js";
import { messages } from "./locales/en.po";
import { intoView } from "./into-view.js";
import { LogPage } from "./log/page.js";
import { lookedAfter, sectionsOf, type Section } from "./may.js";
import { PeopleList } from "./people/list.js";
import { placeOf, type Place } from "./place.js";
import { SessionsPage } from "./sessions/page.js";
import { StorePage } from "./store/page.js";
import { views } from "./texts/views.js";
import { UsageList } from "./usage/list.js";

await addWords(messages);

const titles = {
  communities: views.communities,
  people: views.people,
  usage: views.usage,
  sessions: views.sessions,
  log: views.log,
  store: views.store,
} as const;

const pages: Readonly<Record<Section, (props: { readonly me: Me }) => ReactElement>> = {
  communities: CommunityList,
  people: PeopleList,
  usage: UsageList,
  sessions: SessionsPage,
  log: LogPage,
  store: StorePage,
};

const Ways = ({ me, here }: { readonly me: Me; readonly here: Section | undefined }): ReactElement | null => {
  const say = useSay();
  const offered = sectionsOf(me);
  if (offered.length < 2) return null;
  return (
    <nav className="admin-ways" aria-label={say(words.admin)}>
      {offered.map((section) => (
        <Link
          key={section}
          href={routes.adminSection(section)}
          {...(section === here ? { "aria-current": "page" as const, ref: intoView } : {})}
        >
          {say(titles[section])}
        </Link>
      ))}
    </nav>
  );
};

const sectionOf = (place: Place): Section | undefined => {
  if (place.is === "section") return place.section;
  return place.is === "community" ? "communities" : undefined;
};

const View = ({ me, place }: { readonly me: Me; readonly place: Place }): ReactElement => {
  const say = useSay();
  const [first] = lookedAfter(me);
  if (place.is === "start") {
    // Who looks after one community goes there at once.
    const only = me.admin || lookedAfter(me).length > 1 ? undefined : first;
    return <Redirect to={only === undefined ? routes.adminSection("communities") : routes.adminCommunity(only.id)} replace />;
  }
  if (place.is === "community") return <CommunityPage key={place.communityId} me={me} communityId={place.communityId} part={place.part} />;
  if (place.is === "nowhere" || !sectionsOf(me).includes(place.section)) return <Nothing title={say(words.notFound)} />;
  const Page = pages[place.section];
  return <Page me={me} />;
};

/** The view at the address. Only for who may look after something. */
export const AdminPage = ({ me }: { readonly me: Me }): ReactElement => {
  const place = placeOf(usePathname());
  return (
    <div className="admin">
      <Ways me={me} here={sectionOf(place)} />
      <View me={me} place={place} />
    </div>
  );
};
