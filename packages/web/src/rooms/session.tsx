/** One session of a room: whose share, how it is, what is kept, and what can be done with it. */
import {
  BufferStrip,
  CaptureButton,
  clockText,
  layoutStrip,
  LivePlayer,
  SharePlayer,
  useCapture,
  useNow,
  useReplay,
  useShare,
  type RoomShare,
} from "@livekit-replay/react";
import type { Me, Session } from "@livekit-replay/contract";
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { Avatar } from "../ui/avatar.js";
import { Button } from "../ui/button.js";
import { Icon } from "../ui/icon.js";
import { Notice } from "../ui/notice.js";

/** Which session, for whom; `main`: the one that the keys act on. */
export interface SessionPanelProps {
  readonly me: Me;
  readonly session: Session;
  readonly main: boolean;
  /** The owner's share in the call of the room, where there is one. */
  readonly share: RoomShare | undefined;
}

const MOST_MS = 600_000;

const useKept = (session: Session): number => {
  const nowMs = useNow();
  return layoutStrip({ window: session.window, running: session.state === "active", nowMs, scaleMs: MOST_MS }).keptMs;
};

/** `10 minutes`, or `3:12`. */
const useLength = (ms: number): string => {
  const say = useSay();
  const minutes = Math.round(ms / 60_000);
  return Math.abs(ms - minutes * 60_000) < 1500 && minutes > 1 ? say(words.endedMinutes, { minutes }) : clockText(ms);
};

/** What a person must know of a session that is not simply fine. */
const Health = ({ session }: { readonly session: Session }): ReactElement | null => {
  const say = useSay();
  const { state, reason } = session.health;
  if (session.state === "ended" || state === "ok") return null;
  if (state === "waiting")
    return (
      <Notice look="plain" icon="live">
        {reason ?? say(words.waitingPicture)}
      </Notice>
    );
  const sentence = { silent: words.silentShare, reconnecting: words.reconnectingShare, degraded: words.degradedShare }[state];
  return <Notice look="warning">{reason ?? say(sentence)}</Notice>;
};

/** A share of mine that another tab or device sends: it can be ended from here. */
const OwnElsewhere = ({ session }: { readonly session: Session }): ReactElement => {
  const say = useSay();
  const { client } = useReplay();
  const stop = useMutation({ mutationFn: () => client.sessions.stop(session.id) });
  return (
    <div className="session-own">
      <p>{stop.isError ? sentenceOf(stop.error, say) : say(words.youShareElsewhere)}</p>
      <Button look="danger" icon="stop" busy={stop.isPending} onPress={() => stop.mutate()}>
        {say(words.stopShare)}
      </Button>
    </div>
  );
};

/** My own share's way to the server. */
const OwnShare = ({ session }: { readonly session: Session }): ReactElement => {
  const say = useSay();
  const { share, store } = useShare();
  if (!("stream" in share) || share.roomName !== session.roomName) return <OwnElsewhere session={session} />;
  const surface = share.stream.getVideoTracks()[0]?.getSettings().displaySurface;
  const name =
    surface === "monitor" || surface === "window" || surface === "browser" ? say(words[`surface_${surface}`]) : say(words.surface_monitor);
  const sound = share.stream.getAudioTracks().length > 0 ? words.withSound : words.withoutSound;
  return (
    <div className="session-own">
      <p>{share.state === "connecting" ? say(words.shareConnecting) : say(sound, { surface: name })}</p>
      <Button look="danger" icon="stop" onPress={() => void store.stop()}>
        {say(words.stopShare)}
      </Button>
      {share.state === "reconnecting" && <Notice look="warning">{say(words.shareAgain)}</Notice>}
    </div>
  );
};

const Ended = ({ session, mine }: { readonly session: Session; readonly mine: boolean }): ReactElement => {
  const say = useSay();
  const nowMs = useNow();
  const length = useLength(useKept(session));
  const left = clockText(Math.max(0, (session.graceEndsAtMs ?? nowMs) - nowMs));
  return (
    <p className="session-ended" role="status">
      {mine ? say(words.endedMine) : say(words.endedOther, { owner: session.owner.name })}{" "}
      {session.can.capture ? say(words.endedCanKeep, { length, left }) : say(words.endedSoon, { left })}
    </p>
  );
};

const Kept = ({ session, mine }: { readonly session: Session; readonly mine: boolean }): ReactElement => {
  const say = useSay();
  const keptMs = useKept(session);
  return (
    <p className="session-kept">
      <strong>{clockText(keptMs)}</strong> <span>{mine ? say(words.kept) : say(words.keptOf, { owner: session.owner.name })}</span>
    </p>
  );
};

/** Somebody else's picture: in a call it is there by itself and can be closed, from the buffer alone it waits for a press. */
const Live = ({ session, share }: { readonly session: Session; readonly share: RoomShare | undefined }): ReactElement | null => {
  const say = useSay();
  const [wish, watch] = useState<boolean | undefined>(undefined);
  if (session.state === "ended" || (share === undefined && session.links.live === null)) return null;
  if (wish ?? share !== undefined) {
    return (
      <div className="session-live">
        {share === undefined ? (
          <LivePlayer session={session} />
        ) : (
          <SharePlayer roomName={session.roomName} share={share} session={session} />
        )}
        <Button look="quiet" icon="close" onPress={() => watch(false)}>
          {say(words.stopWatching)}
        </Button>
      </div>
    );
  }
  return (
    <Button icon="live" onPress={() => watch(true)} isDisabled={share === undefined && session.window === null}>
      {say(words.watchLive)}
    </Button>
  );
};

const Tools = ({ session, mine, main }: { readonly session: Session; readonly mine: boolean; readonly main: boolean }): ReactElement => {
  const say = useSay();
  const control = useCapture(session);
  return (
    <>
      <BufferStrip session={session} reachMs={control.reachMs} reachActive={control.considering} />
      <div className="session-tools" data-main={main || undefined}>
        {session.state === "active" && <Kept session={session} mine={mine} />}
        <CaptureButton control={control} />
        {main && (
          <p className="session-keys">
            <Icon name="keyboard" /> {say(words.keysHint)}
          </p>
        )}
      </div>
    </>
  );
};

/** The panel of one session. Somebody who may not capture sees that it runs, and why there is no button. */
export const SessionPanel = ({ me, session, main, share }: SessionPanelProps): ReactElement => {
  const say = useSay();
  const mine = session.owner.userId === me.userId;
  const running = session.state === "active";
  return (
    <section
      className="session"
      data-state={session.state}
      aria-label={mine ? say(words.youShare) : say(words.otherShares, { owner: session.owner.name })}
    >
      <header className="session-head">
        <Avatar userId={session.owner.userId} name={session.owner.name} />
        {running ? (
          <h2>{mine ? say(words.youShare) : say(words.otherShares, { owner: session.owner.name })}</h2>
        ) : (
          <Ended session={session} mine={mine} />
        )}
        {mine && running && <OwnShare session={session} />}
        {!mine && <Live session={session} share={share} />}
      </header>
      <Health session={session} />
      {session.can.capture ? (
        <Tools session={session} mine={mine} main={main} />
      ) : (
        running && <p className="session-no">{say(me.livekit === null ? words.mayNotCapture : words.mayNotCaptureCall)}</p>
      )}
    </section>
  );
};
