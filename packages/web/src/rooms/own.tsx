/** My own share: its way to the server, and what only its owner decides. */
import { ClipsOfShare, SharerControls, useReplay, useShare } from "@livekit-replay/react";
import type { Session } from "@livekit-replay/contract";
import { useMutation } from "@tanstack/react-query";
import { memo, type ReactElement } from "react";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { Button } from "../ui/button.js";
import { Notice } from "../ui/notice.js";

const Controls = ({ session }: { readonly session: Session }): ReactElement => {
  const say = useSay();
  return <SharerControls session={session} hrefOf={routes.clip} sayError={(error) => sentenceOf(error, say)} />;
};

/** A share of mine that another tab or device sends: it can be ended from here. */
const OwnElsewhere = ({ session }: { readonly session: Session }): ReactElement => {
  const say = useSay();
  const { client } = useReplay();
  const stop = useMutation({ mutationFn: () => client.sessions.stop(session.id) });
  return (
    <div className="session-own">
      <p>{stop.isError ? sentenceOf(stop.error, say) : say(words.youShareElsewhere)}</p>
      <Controls session={session} />
      <Button look="danger" icon="stop" busy={stop.isPending} onPress={() => stop.mutate()}>
        {say(words.stopShare)}
      </Button>
    </div>
  );
};

/** My own share's way to the server. */
const OwnRunning = ({ session }: { readonly session: Session }): ReactElement => {
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
      <Controls session={session} />
      <Button look="danger" icon="stop" onPress={() => void store.stop()}>
        {say(words.stopShare)}
      </Button>
      {share.state === "reconnecting" && <Notice look="warning">{say(words.shareAgain)}</Notice>}
    </div>
  );
};

/** What I decide about a share of mine, while it runs and as long as its buffer is there. */
export const OwnShare = memo(({ session }: { readonly session: Session }): ReactElement =>
  session.state === "active" ? (
    <OwnRunning session={session} />
  ) : (
    <div className="session-own">
      <Controls session={session} />
    </div>
  ),
);

/** The clips that others made of this share of mine. */
export const ClipsOfMine = memo(({ session }: { readonly session: Session }): ReactElement => {
  const say = useSay();
  return <ClipsOfShare session={session} hrefOf={routes.clip} sayError={(error) => sentenceOf(error, say)} />;
});
