/** One clip at its own address, for everybody who may see it. */
import { isRefusal } from "@livekit-replay/client";
import { ClipPlayer, clockText, percentOf, sizeText, TitleField, useClip, useReplay, useValue, whenText } from "@livekit-replay/react";
import type { Clip } from "@livekit-replay/contract";
import { useEffect, useEffectEvent, useState, type ReactElement } from "react";
import { Link } from "react-aria-components/Link";
import { useLocation } from "wouter";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { LinkButton } from "../ui/button.js";
import { Icon } from "../ui/icon.js";
import { Failure, Loading, Notice, Nothing } from "../ui/notice.js";
import { useTitle } from "../ui/title.js";
import { ClipActions } from "./actions.js";
import { Making } from "./making.js";
import { OutcomeText } from "./outcome.js";

/** `was`: it was on the page until this moment. */
const Gone = ({ was }: { readonly was?: Clip | undefined }): ReactElement => {
  const say = useSay();
  const [share] = was?.shares ?? [];
  return (
    <Nothing isView title={say(was === undefined ? words.clipGone : words.clipWasDeleted)}>
      <p>{say(was === undefined ? words.clipGoneHow : words.clipWasDeletedHow)}</p>
      <div className="actions">
        {share !== undefined && <LinkButton href={routes.channel(share.channelId)}>{`#${share.channelName}`}</LinkButton>}
        <LinkButton href={routes.library}>{say(words.toLibrary)}</LinkButton>
      </div>
    </Nothing>
  );
};

const Facts = ({ clip }: { readonly clip: Clip }): ReactElement => {
  const say = useSay();
  const { client } = useReplay();
  const facts = [
    [say(words.factRoom), clip.roomName],
    [say(words.factSharer), clip.sharer.name],
    [say(words.factOwner), clip.owner.name],
    [say(words.factWhen), whenText(clip.createdAtMs, client.clock.now())],
    [say(words.factLength), clockText(clip.durationMs)],
    [say(words.factSize), sizeText(clip.sizeBytes)],
    [say(words.factPicture), `${clip.video.width} × ${clip.video.height}`],
  ] as const;
  return (
    <dl className="facts" aria-label={say(words.clipFacts)}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
};

const Seen = ({ clip }: { readonly clip: Clip }): ReactElement | null => {
  const say = useSay();
  if (clip.shares.length === 0) {
    return clip.can.edit ? (
      <p className="seen">
        <Icon name="lock" /> {say(words.private)}
      </p>
    ) : null;
  }
  return (
    <p className="seen">
      {say(words.sharedIn)}{" "}
      {clip.shares.map((share) => (
        <Link key={share.postId} href={routes.channel(share.channelId)}>
          #{share.channelName}
        </Link>
      ))}
    </p>
  );
};

const Picture = ({ clip }: { readonly clip: Clip }): ReactElement => {
  const say = useSay();
  if (clip.state === "lost") return <Failure title={say(words.failed)} error={new Error(say(words.clipLost))} />;
  if (!clip.can.play)
    return (
      <Notice look="plain" icon="lock">
        {say(words.mayNotPlay, { person: clip.owner.name })}
      </Notice>
    );
  return <ClipPlayer clip={clip} autoplay />;
};

/** The title; a double click, F2 or the menu makes it a field. */
const Title = ({
  clip,
  editing,
  edit,
}: {
  readonly clip: Clip;
  readonly editing: boolean;
  readonly edit: (on: boolean) => void;
}): ReactElement => {
  const say = useSay();
  if (editing) return <TitleField clip={clip} onDone={() => edit(false)} sayError={(error) => sentenceOf(error, say)} />;
  // For a mouse; who has none has F2 and the menu.
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
  return <h1 onDoubleClick={() => edit(clip.can.edit)}>{clip.title}</h1>;
};

/** F2, wherever on the page but in a field. */
const useF2 = (act: () => void): void => {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== "F2" || event.defaultPrevented || document.querySelector("[role=dialog], [role=alertdialog] form") !== null) return;
    event.preventDefault();
    act();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => press(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
};

const View = ({ clip }: { readonly clip: Clip }): ReactElement => {
  const say = useSay();
  const [, navigate] = useLocation();
  const [editing, edit] = useState(false);
  const rename = clip.can.edit ? () => edit(true) : undefined;
  useTitle(clip.title);
  useF2(() => rename?.());
  return (
    <article className="clip">
      <Picture clip={clip} />
      <header className="clip-head">
        <div>
          <Title clip={clip} editing={editing} edit={edit} />
          <OutcomeText clip={clip} />
        </div>
        <ClipActions clip={clip} onRemoved={() => navigate(routes.library)} {...(rename && { onRename: rename })} />
      </header>
      <Making clip={clip} />
      {clip.state === "pinned" && percentOf(clip, "mp4") === undefined && (
        <Notice look="plain" icon="library">
          {say(words.making)}
        </Notice>
      )}
      <Seen clip={clip} />
      <Facts clip={clip} />
    </article>
  );
};

/** The view of one clip. Who may not see it is told the same as when it does not exist. */
export const ClipPage = ({ clipId }: { readonly clipId: string }): ReactElement => {
  const say = useSay();
  const { removals } = useReplay();
  const hidden = useValue(removals.value);
  const clip = useClip(clipId);
  if (hidden.has(clipId)) return <Gone />;
  if (clip.isPending) return <Loading label={say(words.loading)} />;
  if (isRefusal(clip.error, "clip_not_found")) return <Gone was={clip.data} />;
  // What plays goes on while the server is away.
  if (clip.isLoadingError) return <Failure title={say(words.failed)} error={clip.error} onRetry={() => void clip.refetch()} />;
  return <View clip={clip.data} />;
};
