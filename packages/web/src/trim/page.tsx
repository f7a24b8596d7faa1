/** The trim editor of a clip at an address of its own. */
import { isRefusal } from "@livekit-replay/client";
import { TrimEditor, useClip } from "@livekit-replay/react";
import type { Clip } from "@livekit-replay/contract";
import { useEffect, useState, type ReactElement } from "react";
import { useLocation } from "wouter";
import { routes } from "../layout/routes.js";
import "../styles/trim.css";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { LinkButton } from "../ui/button.js";
import { Failure, Loading, Nothing } from "../ui/notice.js";
import { useTitle } from "../ui/title.js";
import { Discard } from "./discard.js";
import { SavedActions } from "./saved.js";

/** The browser asks before the page is left with a choice that is not saved. */
const useAskBrowser = (changed: boolean): void => {
  useEffect(() => {
    if (!changed) return undefined;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    globalThis.addEventListener("beforeunload", ask);
    return () => globalThis.removeEventListener("beforeunload", ask);
  }, [changed]);
};

const View = ({ clip }: { readonly clip: Clip }): ReactElement => {
  const say = useSay();
  const [, navigate] = useLocation();
  const [changed, setChanged] = useState(false);
  const [asking, setAsking] = useState(false);
  const [first] = useState(clip);
  const title = say(words.trimClip, { title: clip.title });
  const leave = (): void => navigate(routes.clip(clip.id));
  useTitle(title);
  useAskBrowser(changed);
  return (
    <article className="trim-page">
      <header className="view-head">
        <h1>{title}</h1>
      </header>
      <TrimEditor
        target={first}
        onDone={() => (changed ? setAsking(true) : leave())}
        onChanged={setChanged}
        actionsOf={(part) => <SavedActions clip={part} />}
      />
      {asking && <Discard onStay={() => setAsking(false)} onLeave={leave} />}
    </article>
  );
};

const Gone = (): ReactElement => {
  const say = useSay();
  return (
    <Nothing isView title={say(words.clipGone)}>
      <p>{say(words.clipGoneHow)}</p>
      <LinkButton href={routes.library}>{say(words.toLibrary)}</LinkButton>
    </Nothing>
  );
};

/** The view. Who may not see the clip is told the same as when it does not exist. */
export const TrimPage = ({ clipId }: { readonly clipId: string }): ReactElement => {
  const say = useSay();
  const clip = useClip(clipId);
  if (clip.isPending) return <Loading label={say(words.loading)} />;
  if (clip.isError && isRefusal(clip.error, "clip_not_found")) return <Gone />;
  if (clip.isError) return <Failure title={say(words.failed)} error={clip.error} onRetry={() => void clip.refetch()} />;
  if (clip.data.state === "lost") return <Failure title={say(words.failed)} error={new Error(say(words.clipLost))} />;
  if (!clip.data.can.edit)
    return (
      <Nothing isView title={say(words.trimNotYours)}>
        <p>{say(words.trimNotYoursHow, { person: clip.data.owner.name })}</p>
        <LinkButton href={routes.clip(clipId)}>{say(words.openClip)}</LinkButton>
      </Nothing>
    );
  return <View clip={clip.data} />;
};
