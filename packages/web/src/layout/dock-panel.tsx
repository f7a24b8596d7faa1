/** My running share in a bar: what is kept, Capture, Stop. The capture keys work everywhere through it. */
import {
  BufferStrip,
  clockText,
  DestinationMenu,
  layoutStrip,
  preloadPlayer,
  useCapture,
  useCaptureKeys,
  useNow,
  useRoom,
  useShare,
  type Capture,
  type SteadyMe,
} from "@livekit-replay/react";
import { localNow } from "@livekit-replay/client";
import type { Session } from "@livekit-replay/contract";
import { useEffect, type ReactElement } from "react";
import { Link } from "react-aria-components/Link";
import { useNotices } from "../rooms/notices.js";
import { Trouble } from "../rooms/trouble.js";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { preloadCaptures } from "../toasts/place.js";
import { toastCaptures } from "../toasts/send.js";
import { Button } from "../ui/button.js";
import { routes } from "./routes.js";

const Kept = ({ session }: { readonly session: Session }): ReactElement => {
  const nowMs = useNow();
  const { keptMs } = layoutStrip({ window: session.window, running: true, pausedAtMs: session.pausedAtMs, nowMs, scaleMs: 600_000 });
  return <strong className="dock-time">{clockText(keptMs)}</strong>;
};

/** Shows a capture that is under way, whoever took the press: a view that is being left may still have the keys. */
const useToast = (newest: Capture | undefined): void => {
  const { key, sessionId, pressedAtMs } = newest?.state.is === "keeping" ? newest : {};
  useEffect(() => {
    if (key !== undefined && sessionId !== undefined && pressedAtMs !== undefined) toastCaptures({ sessionId, sinceMs: pressedAtMs });
  }, [key, sessionId, pressedAtMs]);
};

/** The bar of the share in a room. */
export const DockPanel = ({ me, roomName }: { readonly me: SteadyMe; readonly roomName: string }): ReactElement => {
  const say = useSay();
  const { store } = useShare();
  const tell = useNotices(me.userId);
  const room = useRoom(roomName, (event) => tell(event, room.sessions));
  const session = room.sessions.find((one) => one.owner.userId === me.userId && one.state === "active");
  const control = useCapture(session);
  useCaptureKeys(
    (length, pressedAtMs) => control.capture(length === "remembered" ? control.lengthMs : length, pressedAtMs),
    session !== undefined,
  );
  useToast(control.captures[0]);
  useEffect(() => {
    // The first clip must not wait for code. A failure shows itself when it is needed.
    Promise.all([preloadPlayer(), preloadCaptures()]).catch(() => undefined);
  }, []);
  const title = me.communities.flatMap((community) => community.rooms).find((room) => room.roomName === roomName)?.title ?? roomName;
  return (
    <section className="dock" aria-label={say(words.youShareIn, { room: title })}>
      <p className="dock-words">
        <span className="lamp" aria-hidden="true" />
        <span className="dock-in">{say(words.sharingIn)}</span>
        <Link href={routes.room(roomName)}>{title}</Link>
        {session !== undefined && <Kept session={session} />}
        <Trouble session={session} />
      </p>
      {session !== undefined && <BufferStrip session={session} reachMs={control.reachMs} />}
      <div className="dock-capture">
        <Button look="strong" isDisabled={control.disabled} onPress={() => control.capture(control.lengthMs, localNow())}>
          {say(words.captureLast, { length: clockText(control.lengthMs) })}
        </Button>
        <DestinationMenu control={control} />
      </div>
      <Button look="quiet" icon="stop" aria-label={say(words.stopShare)} onPress={() => void store.stop()} />
    </section>
  );
};
