/** How a session is, in a sentence with a way out, where it is not simply fine. */
import { clockText, useNow, useShare } from "@livekit-replay/react";
import type { Session } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Button } from "../ui/button.js";
import { useLasting } from "../ui/lasting.js";
import { Notice } from "../ui/notice.js";

/** Which session; `mine`: the person shares it. */
export interface HealthProps {
  readonly session: Session;
  readonly mine: boolean;
}

/** What the server says of it, which tells more, or our own sentence. */
const sentence = (session: Session, own: string): string => (session.health.reason === null ? own : `${session.health.reason}.`);

const Paused = ({ session, mine, pausedAtMs }: HealthProps & { readonly pausedAtMs: number }): ReactElement => {
  const say = useSay();
  const ago = clockText(Math.max(0, useNow() - pausedAtMs));
  return (
    <div className="health">
      <Notice look="plain" icon="pause">
        {mine ? say(words.pausedMine) : say(words.pausedOther, { owner: session.owner.name })}
      </Notice>
      <span className="health-since">{say(words.pausedSince, { ago })}</span>
    </div>
  );
};

/** My share brings nothing: sharing again is the way out that always works. */
const Silent = ({ session, mine }: HealthProps): ReactElement => {
  const say = useSay();
  const { share, store } = useShare();
  const here = mine && "stream" in share && share.roomName === session.roomName;
  const again = async (): Promise<void> => {
    await store.stop();
    await store.start(session.roomName);
  };
  return (
    <div className="health">
      <Notice look="warning">
        {sentence(session, say(words.silentShare))} {say(here ? words.silentMine : words.silentOther)}
      </Notice>
      {here && (
        <Button icon="screen" onPress={() => void again()}>
          {say(words.shareOnceMore)}
        </Button>
      )}
    </div>
  );
};

/** So long a picture may take that comes back: after a pause, or something was forgotten. */
const BACK_MS = 2500;

const Waiting = ({ session }: { readonly session: Session }): ReactElement | null => {
  const say = useSay();
  return useLasting(true, session.window === null ? 0 : BACK_MS) ? (
    <Notice look="plain" icon="live">
      {say(words.waitingPicture)}
    </Notice>
  ) : null;
};

const codecNames = [
  [/^vp0?8/, "VP8"],
  [/^vp0?9/, "VP9"],
  [/^av01/, "AV1"],
] as const;

/** What the codec means for clips; nothing for H.264. */
const Codec = ({ session }: { readonly session: Session }): ReactElement | null => {
  const say = useSay();
  const codec = codecNames.find(([form]) => form.test(session.video?.codec ?? ""))?.[1];
  if (codec === undefined) return null;
  return <p className="session-codec">{say(codec === "VP8" ? words.codecConverted : words.codecPlain, { codec })}</p>;
};

const Trouble = ({ session, mine }: HealthProps): ReactElement | null => {
  const say = useSay();
  switch (session.health.state) {
    case "ok":
      return <Codec session={session} />;
    case "waiting":
      return <Waiting session={session} />;
    case "silent":
      return <Silent session={session} mine={mine} />;
    case "reconnecting":
      return (
        <Notice look="warning">
          {sentence(session, say(words.reconnectingShare))} {say(words.reconnectingHow)}
        </Notice>
      );
    case "degraded":
      return (
        <Notice look="warning">
          {sentence(session, say(words.degradedShare))} {say(words.degradedHow)}
        </Notice>
      );
  }
};

/** What a person must know of a session that is not simply fine. */
export const Health = ({ session, mine }: HealthProps): ReactElement | null => {
  if (session.state === "ended") return null;
  if (session.pausedAtMs !== null) return <Paused session={session} mine={mine} pausedAtMs={session.pausedAtMs} />;
  return <Trouble session={session} mine={mine} />;
};
