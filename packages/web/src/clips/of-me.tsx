/** Clips that others made of my shares: who has which, who else sees it, and how it is taken away from them. */
import { clockText, Poster, useClipsOfMe, useReplay, useValue, useWithdraw, whenText } from "@livekit-replay/react";
import type { Clip } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { Link } from "react-aria-components/Link";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { toast } from "../toasts/send.js";
import { Avatar } from "../ui/avatar.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { Icon } from "../ui/icon.js";
import { Failure, Loading, Nothing, Notice } from "../ui/notice.js";
import { useTitle } from "../ui/title.js";
import { LibraryWays } from "./ways.js";

/** A plain question: the clip is another's, and there is no way back. */
const Withdraw = ({ clip, onClose }: { readonly clip: Clip; readonly onClose: () => void }): ReactElement => {
  const say = useSay();
  const { withdraw, isPending, isDone, error } = useWithdraw(clip.id);
  const [told, tell] = useState(false);
  if (isDone && !told) {
    tell(true);
    toast({ title: say(words.withdrawn, { title: clip.title }) });
    onClose();
  }
  return (
    <Dialog title={say(words.withdrawAsk, { title: clip.title })} role="alertdialog" isOpen onClose={onClose}>
      <p>{say(words.withdrawWhat, { person: clip.owner.name })}</p>
      {error !== null && <Notice look="warning">{sentenceOf(error, say)}</Notice>}
      <div className="form-buttons">
        <Button autoFocus onPress={onClose}>
          {say(words.withdrawNo)}
        </Button>
        <Button look="danger" busy={isPending} onPress={withdraw}>
          {say(words.withdrawYes)}
        </Button>
      </div>
    </Dialog>
  );
};

/** Who sees it, as far as I can tell: channels that I cannot read are not told to me. */
const SeenBy = ({ clip }: { readonly clip: Clip }): ReactElement => {
  const say = useSay();
  if (clip.shares.length === 0) {
    return (
      <p className="of-me-seen">
        <Icon name="lock" /> {say(words.ofMePrivate, { person: clip.owner.name })}
      </p>
    );
  }
  return (
    <p className="of-me-seen">
      <Icon name="channels" /> {say(words.sharedIn)}{" "}
      {clip.shares.map((share) => (
        <Link key={share.postId} href={routes.channel(share.channelId)}>
          #{share.channelName}
        </Link>
      ))}
    </p>
  );
};

const Row = ({ clip, onWithdraw }: { readonly clip: Clip; readonly onWithdraw: () => void }): ReactElement => {
  const say = useSay();
  const { client } = useReplay();
  const facts = { person: clip.owner.name, length: clockText(clip.durationMs), when: whenText(clip.createdAtMs, client.clock.now()) };
  return (
    <article className="of-me">
      <div className="of-me-picture">
        {clip.can.play ? <Poster clip={clip} /> : <span className="replay-poster" data-empty="true" />}
        <span className="replay-card-length">{clockText(clip.durationMs)}</span>
      </div>
      <div className="of-me-words">
        <h2>
          <Link href={routes.clip(clip.id)}>{clip.title}</Link>
        </h2>
        <p className="of-me-by">
          <Avatar userId={clip.owner.userId} name={clip.owner.name} /> <span>{say(words.ofMeBy, facts)}</span>
        </p>
        <SeenBy clip={clip} />
      </div>
      <Button icon="bin" aria-label={say(words.withdrawOf, { title: clip.title })} onPress={onWithdraw}>
        {say(words.withdraw)}
      </Button>
    </article>
  );
};

const List = (): ReactElement => {
  const say = useSay();
  const found = useClipsOfMe();
  const hidden = useValue(useReplay().removals.value);
  const [asking, ask] = useState<Clip | undefined>(undefined);
  if (found.isPending) return <Loading label={say(words.loading)} />;
  if (found.isLoadingError) return <Failure title={say(words.failed)} error={found.error} onRetry={() => void found.refetch()} />;
  const clips = found.data.pages.flatMap((page) => page.items).filter(({ id }) => !hidden.has(id));
  if (clips.length === 0) {
    return (
      <Nothing title={say(words.ofMeEmpty)}>
        <p>{say(words.ofMeEmptyHow)}</p>
      </Nothing>
    );
  }
  return (
    <>
      <p className="of-me-how">{say(words.ofMeHow)}</p>
      <ul className="of-me-list">
        {clips.map((clip) => (
          <li key={clip.id}>
            <Row clip={clip} onWithdraw={() => ask(clip)} />
          </li>
        ))}
      </ul>
      {found.hasNextPage && (
        <Button onPress={() => void found.fetchNextPage()} busy={found.isFetchingNextPage}>
          {say(words.older)}
        </Button>
      )}
      {asking !== undefined && <Withdraw key={asking.id} clip={asking} onClose={() => ask(undefined)} />}
    </>
  );
};

/** The view. */
export const OfMePage = (): ReactElement => {
  const say = useSay();
  useTitle(say(words.libraryOfMe));
  return (
    <div className="library">
      <header className="view-head">
        <h1>{say(words.library)}</h1>
      </header>
      <LibraryWays />
      <List />
    </div>
  );
};
