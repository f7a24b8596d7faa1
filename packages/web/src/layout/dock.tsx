/** My running share, on every view but its own room: what is kept, Capture, Stop. The capture keys work everywhere through it. */
import {
  BufferStrip,
  clockText,
  layoutStrip,
  useCapture,
  useCaptureKeys,
  useNow,
  useReplay,
  useRoom,
  useShare,
  type Capture,
} from "@livekit-replay/react";
import { localNow } from "@livekit-replay/client";
import type { Me, Session } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { Link } from "react-aria-components/Link";
import { useLocation } from "wouter";
import { lacksNewest } from "../clips/newest.js";
import { useNotices } from "../rooms/notices.js";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { Button } from "../ui/button.js";
import { toast } from "../toasts/send.js";
import { routes } from "./routes.js";

const Kept = ({ session }: { readonly session: Session }): ReactElement => {
  const nowMs = useNow();
  const { keptMs } = layoutStrip({ window: session.window, running: true, nowMs, scaleMs: 600_000 });
  return <strong className="dock-time">{clockText(keptMs)}</strong>;
};

const useTellCapture = (): ((capture: Capture) => void) => {
  const say = useSay();
  const [, navigate] = useLocation();
  const { captures } = useReplay();
  return ({ key, state, requestedMs }) => {
    if (state.is === "kept" && lacksNewest(state.clip)) {
      toast({
        title: state.clip.title,
        detail: say(words.notYet, { length: clockText(state.clip.notYetMs) }),
        action: { label: say(words.waitForNewest), onAction: () => void captures.waitForNewest(key) },
      });
    } else if (state.is === "kept") {
      const { clip } = state;
      toast({
        title: clip.title,
        detail: clockText(clip.durationMs),
        action: { label: say(words.openClip), onAction: () => navigate(routes.clip(clip.id)) },
      });
    } else if (state.is === "failed") {
      toast({ title: say(words.captureFailed, { length: clockText(requestedMs) }), detail: sentenceOf(state.error, say), look: "danger" });
    }
  };
};

const Panel = ({ me, roomName }: { readonly me: Me; readonly roomName: string }): ReactElement => {
  const say = useSay();
  const { store } = useShare();
  const tell = useNotices(me.userId);
  const room = useRoom(roomName, (event) => tell(event, room.sessions));
  const session = room.sessions.find((one) => one.owner.userId === me.userId && one.state === "active");
  const control = useCapture(session, useTellCapture());
  useCaptureKeys(
    (length, pressedAtMs) => control.capture(length === "remembered" ? control.lengthMs : length, pressedAtMs),
    session !== undefined,
  );
  const title = me.communities.flatMap((community) => community.rooms).find((room) => room.roomName === roomName)?.title ?? roomName;
  return (
    <section className="dock" aria-label={say(words.youShareIn, { room: title })}>
      <p className="dock-words">
        <span className="lamp" aria-hidden="true" />
        <span className="dock-in">{say(words.sharingIn)}</span>
        <Link href={routes.room(roomName)}>{title}</Link>
        {session !== undefined && <Kept session={session} />}
      </p>
      {session !== undefined && <BufferStrip session={session} reachMs={control.reachMs} />}
      <Button look="strong" isDisabled={control.disabled} busy={control.busy} onPress={() => control.capture(control.lengthMs, localNow())}>
        {say(words.captureLast, { length: clockText(control.lengthMs) })}
      </Button>
      <Button look="quiet" icon="stop" aria-label={say(words.stopShare)} onPress={() => void store.stop()} />
    </section>
  );
};

/** Nothing while I do not share, or while I look at the room of my share. */
export const Dock = ({ me }: { readonly me: Me }): ReactElement | null => {
  const { share } = useShare();
  const [at] = useLocation();
  if (!("stream" in share) || at === routes.room(share.roomName)) return null;
  return <Panel me={me} roomName={share.roomName} />;
};
