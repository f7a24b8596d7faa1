/** The frame of every view behind the sign-in: menu, own share, the view itself, toasts, keys. */
import { useConnection, useMe, useMeEvents, useShare } from "@livekit-replay/react";
import type { Me } from "@livekit-replay/contract";
import { lazy, Suspense, type ReactElement } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { RoomPage } from "../rooms/page.js";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Boundary } from "../ui/boundary.js";
import { Failure, Loading, Notice, Nothing } from "../ui/notice.js";
import { Toasts } from "../toasts/place.js";
import { toast } from "../toasts/send.js";
import { Dock } from "./dock.js";
import { Keys } from "./keys.js";
import { BottomBar, SideBar, TopBar } from "./menu.js";
import { routes } from "./routes.js";

const LibraryPage = lazy(async () => ({ default: (await import("../clips/library.js")).LibraryPage }));
const ClipPage = lazy(async () => ({ default: (await import("../clips/page.js")).ClipPage }));
const ChannelPage = lazy(async () => ({ default: (await import("../channels/page.js")).ChannelPage }));

const Missing = (): ReactElement => {
  const say = useSay();
  return <Nothing title={say(words.notFound)} />;
};

const Views = ({ me }: { readonly me: Me }): ReactElement => {
  const say = useSay();
  const first = me.communities[0]?.rooms[0]?.roomName;
  return (
    <Suspense fallback={<Loading label={say(words.loading)} />}>
      <Switch>
        <Route path="/">
          {first === undefined ? <Redirect to={routes.library} replace /> : <Redirect to={routes.room(first)} replace />}
        </Route>
        <Route path="/rooms/:roomName">
          {({ roomName }) => <RoomPage key={roomName} me={me} roomName={decodeURIComponent(roomName)} />}
        </Route>
        <Route path="/library">
          <LibraryPage me={me} />
        </Route>
        <Route path="/clips/:clipId">{({ clipId }) => <ClipPage key={clipId} clipId={decodeURIComponent(clipId)} />}</Route>
        <Route path="/channels/:channelId">
          {({ channelId }) => <ChannelPage key={channelId} me={me} channelId={decodeURIComponent(channelId)} />}
        </Route>
        <Route>
          <Missing />
        </Route>
      </Switch>
    </Suspense>
  );
};

const Connection = (): ReactElement | null => {
  const say = useSay();
  const connection = useConnection();
  const [at] = useLocation();
  // A room has a stream of its own, and says so itself.
  if (connection.state !== "reconnecting" || at.startsWith("/rooms/")) return null;
  return <Notice look="plain">{say(words.offline)}</Notice>;
};

/** What happened elsewhere and must be known here. */
const useTellMe = (): void => {
  const say = useSay();
  useMeEvents((event) => {
    if (event.type === "quota" && event.warning !== null) toast({ title: say(words.quotaWarning, { percent: event.warning }) });
    if (event.type === "clip_failed") toast({ title: say(words.clipFailed), detail: event.reason, look: "danger" });
  });
};

/** Shown to a signed-in person. */
export const Shell = (): ReactElement => {
  const say = useSay();
  const me = useMe();
  const { share } = useShare();
  useTellMe();
  if (me.isPending) return <Loading label={say(words.loading)} />;
  if (me.isError) return <Failure title={say(words.failed)} error={me.error} onRetry={() => void me.refetch()} />;
  return (
    <div className="shell" data-sharing={"stream" in share || undefined}>
      <a className="skip" href="#content">
        {say(words.skip)}
      </a>
      <SideBar me={me.data} />
      <TopBar me={me.data} />
      <main className="content" id="content" tabIndex={-1}>
        <Connection />
        <Boundary>
          <Views me={me.data} />
        </Boundary>
      </main>
      <Dock me={me.data} />
      <BottomBar me={me.data} />
      <Toasts />
      <Keys />
    </div>
  );
};
