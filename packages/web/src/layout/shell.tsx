/** The frame of every view behind the sign-in: menu, own share, the view itself, toasts, keys. */
import { useMe, useShare, useSteadyMe, type SteadyMe } from "@livekit-replay/react";
import type { Me } from "@livekit-replay/contract";
import { lazy, Suspense, type ReactElement } from "react";
import { Redirect, Route, Switch } from "wouter";
import { usePathname } from "wouter/use-browser-location";
import { NotYet } from "../account/not-yet.js";
import { WaitingForToken } from "../account/waiting.js";
import { mayAdmin } from "../admin/may.js";
import { RoomPage } from "../rooms/page.js";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Boundary } from "../ui/boundary.js";
import { Loading, Nothing } from "../ui/notice.js";
import { Toasts } from "../toasts/place.js";
import { useForgetToasts } from "../toasts/send.js";
import { TrimPlace } from "../trim/host.js";
import { Connection } from "./connection.js";
import { Dock } from "./dock.js";
import { Keys } from "./keys.js";
import { usePlace } from "./place.js";
import { BottomBar, SideBar, TopBar } from "./menu.js";
import { nameIn, routes } from "./routes.js";
import { useTellMe } from "./tell.js";

const LibraryPage = lazy(async () => ({ default: (await import("../clips/library.js")).LibraryPage }));
const OfMePage = lazy(async () => ({ default: (await import("../clips/of-me.js")).OfMePage }));
const ClipPage = lazy(async () => ({ default: (await import("../clips/page.js")).ClipPage }));
const TrimPage = lazy(async () => ({ default: (await import("../trim/page.js")).TrimPage }));
const AdminPage = lazy(async () => ({ default: (await import("../admin/page.js")).AdminPage }));
const ChannelPage = lazy(async () => ({ default: (await import("../channels/page.js")).ChannelPage }));

const Missing = (): ReactElement => {
  const say = useSay();
  return <Nothing isView title={say(words.notFound)} />;
};

/** What an address names. */
const Named = ({ children }: { readonly children: (name: string) => ReactElement }): ReactElement => {
  const name = nameIn(usePathname());
  return name === undefined ? <Missing /> : children(name);
};

/** A view that is given all that is known of the person, with their quota. */
const WithQuota = ({ children }: { readonly children: (me: Me) => ReactElement }): ReactElement | null => {
  const { data } = useMe();
  return data === undefined ? null : children(data);
};

const Views = ({ me }: { readonly me: SteadyMe }): ReactElement => {
  const say = useSay();
  const first = me.communities.flatMap((community) => community.rooms)[0]?.roomName;
  return (
    <Suspense fallback={<Loading label={say(words.loading)} />}>
      <Switch>
        <Route path="/">
          {first === undefined ? <Redirect to={routes.library} replace /> : <Redirect to={routes.room(first)} replace />}
        </Route>
        <Route path="/rooms/:roomName">
          <Named>{(roomName) => <RoomPage key={roomName} me={me} roomName={roomName} />}</Named>
        </Route>
        <Route path="/library">
          <WithQuota>{(whole) => <LibraryPage me={whole} />}</WithQuota>
        </Route>
        <Route path={routes.ofMe}>
          <OfMePage />
        </Route>
        <Route path="/clips/:clipId">
          <Named>{(clipId) => <ClipPage key={clipId} clipId={clipId} />}</Named>
        </Route>
        <Route path="/clips/:clipId/trim">
          <Named>{(clipId) => <TrimPage key={clipId} clipId={clipId} />}</Named>
        </Route>
        <Route path="/channels/:channelId">
          <Named>{(channelId) => <ChannelPage key={channelId} me={me} channelId={channelId} />}</Named>
        </Route>
        <Route path="/admin/*?">
          {mayAdmin(me) ? (
            <WithQuota>{(whole) => <AdminPage me={whole} />}</WithQuota>
          ) : (
            <Nothing isView title={say(words.adminNot)}>
              <p>{say(words.adminNotHow)}</p>
            </Nothing>
          )}
        </Route>
        <Route>
          <Missing />
        </Route>
      </Switch>
    </Suspense>
  );
};

/** What is heard of, not seen: of its own, so that nothing else is rendered anew for it. */
const TellMe = (): null => {
  useTellMe();
  return null;
};

/** Shown to a signed-in person. What changes with each press (their quota) is not for the frame: the places that show it ask for it. */
export const Shell = (): ReactElement => {
  const say = useSay();
  const me = useSteadyMe();
  const { share } = useShare();
  useForgetToasts();
  usePlace();
  // What is known stays on the page while the server is away.
  if (me.data === undefined) return <NotYet me={me} />;
  return (
    <div className="shell" data-sharing={"stream" in share || undefined}>
      <a className="skip" href="#content">
        {say(words.skip)}
      </a>
      <SideBar me={me.data} />
      <TopBar me={me.data} />
      <main className="content" id="content" tabIndex={-1}>
        <WaitingForToken />
        <Connection />
        <Boundary>
          <Views me={me.data} />
        </Boundary>
      </main>
      <Dock me={me.data} />
      <BottomBar me={me.data} />
      <TrimPlace />
      <Toasts />
      <Keys />
      <TellMe />
    </div>
  );
};
