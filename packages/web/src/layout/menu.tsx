/** The ways through the page: at the side on a wide screen, at the bottom on a phone. */
import { useReplay, type SteadyMe } from "@livekit-replay/react";
import type { Channel, Room } from "@livekit-replay/contract";
import { useQuery } from "@tanstack/react-query";
import { memo, type ReactElement, type ReactNode } from "react";
import { Link } from "react-aria-components/Link";
import { usePathname } from "wouter/use-browser-location";
import { mayAdmin } from "../admin/may.js";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Icon, type IconName } from "../ui/icon.js";
import { PersonMenu } from "./person.js";
import { routes } from "./routes.js";

interface WayProps {
  readonly href: string;
  readonly icon?: IconName;
  /** Counts as here for every address below it. */
  readonly below?: string;
  readonly children: ReactNode;
}

const Way = ({ href, icon, below, children }: WayProps): ReactElement => {
  const at = usePathname();
  const here = at === href || (below !== undefined && at.startsWith(below));
  return (
    <Link href={href} className="way" {...(here ? { "aria-current": "page" as const } : {})}>
      {icon !== undefined && <Icon name={icon} />}
      <span className="way-words">{children}</span>
    </Link>
  );
};

/** How often the rooms that are not open are asked whether somebody shares there. */
const LOOK_MS = 10_000;

const RoomWay = ({ room }: { readonly room: Room }): ReactElement => {
  const say = useSay();
  const { client } = useReplay();
  const status = useQuery({
    queryKey: ["replay", "status", room.roomName],
    queryFn: ({ signal }) => client.sessions.status(room.roomName, signal),
    refetchInterval: LOOK_MS,
  });
  const running = status.data?.sessions.some((session) => session.state === "active") === true;
  return (
    <Way href={routes.room(room.roomName)} icon="rooms">
      {room.title}
      {running && <span className="lamp" role="img" aria-label={say(words.running)} />}
    </Way>
  );
};

const ChannelWay = ({ channel }: { readonly channel: Channel }): ReactElement => (
  <Way href={routes.channel(channel.id)} icon="channels">
    {channel.name}
  </Way>
);

/** All rooms and channels; for a wide screen. */
export const SideBar = ({ me }: { readonly me: SteadyMe }): ReactElement => {
  const say = useSay();
  return (
    <aside className="side">
      <p className="brand">
        <img src="/icon.svg" alt="" width="28" height="28" /> {say(words.product)}
      </p>
      <nav aria-label={say(words.mainMenu)}>
        {me.communities.map((community) => (
          <div className="side-part" key={community.id}>
            {me.communities.length > 1 && <p className="side-community">{community.name}</p>}
            {community.rooms.length > 0 && <h2>{say(words.rooms)}</h2>}
            {community.rooms.map((room) => (
              <RoomWay key={room.roomName} room={room} />
            ))}
            {community.channels.length > 0 && <h2>{say(words.channels)}</h2>}
            {community.channels.map((channel) => (
              <ChannelWay key={channel.id} channel={channel} />
            ))}
          </div>
        ))}
        <div className="side-part side-own">
          <Way href={routes.library} icon="library" below="/clips/">
            {say(words.library)}
          </Way>
          {mayAdmin(me) && (
            <Way href={routes.admin} icon="admin" below={`${routes.admin}/`}>
              {say(words.admin)}
            </Way>
          )}
        </div>
      </nav>
      <PersonMenu me={me} />
    </aside>
  );
};

/** Product and person; for a phone. */
export const TopBar = ({ me }: { readonly me: SteadyMe }): ReactElement => {
  const say = useSay();
  return (
    <header className="top">
      <p className="brand">
        <img src="/icon.svg" alt="" width="24" height="24" /> {say(words.product)}
      </p>
      <PersonMenu me={me} short />
    </header>
  );
};

/** Three ways under the thumb; for a phone. */
export const BottomBar = ({ me }: { readonly me: SteadyMe }): ReactElement => {
  const say = useSay();
  const room = me.communities.flatMap((community) => community.rooms)[0];
  const channel = me.communities.flatMap((community) => community.channels)[0];
  return (
    <nav className="bottom" aria-label={say(words.mainMenu)}>
      {room !== undefined && (
        <Way href={routes.room(room.roomName)} icon="rooms" below="/rooms/">
          {say(words.rooms)}
        </Way>
      )}
      <Way href={routes.library} icon="library" below="/clips/">
        {say(words.library)}
      </Way>
      {channel !== undefined && (
        <Way href={routes.channel(channel.id)} icon="channels" below="/channels/">
          {say(words.channels)}
        </Way>
      )}
      {mayAdmin(me) && (
        <Way href={routes.admin} icon="admin" below={`${routes.admin}/`}>
          {say(words.adminShort)}
        </Way>
      )}
    </nav>
  );
};

/** Rooms or channels side by side, above a view; for a phone, where the side bar is not. */
export const Switcher = memo(
  ({
    label,
    ways,
  }: {
    readonly label: string;
    readonly ways: readonly { readonly href: string; readonly name: string }[];
  }): ReactElement => (
    <nav className="switcher" aria-label={label}>
      {ways.map((way) => (
        <Way key={way.href} href={way.href}>
          {way.name}
        </Way>
      ))}
    </nav>
  ),
);
