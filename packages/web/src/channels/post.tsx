/** A post of a channel: who shared which clip, with which words. The player comes when it is asked for. */
import { ClipPlayer, clockText, Poster, useReplay, useUnshare, useValue, whenText } from "@livekit-replay/react";
import type { Clip, Post } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { Link } from "react-aria-components/Link";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { Avatar } from "../ui/avatar.js";
import { Icon } from "../ui/icon.js";
import { Menu, type MenuEntry } from "../ui/menu.js";
import { toast } from "../toasts/send.js";

const Picture = ({ clip }: { readonly clip: Clip }): ReactElement => {
  const say = useSay();
  const [playing, play] = useState(false);
  if (playing) return <ClipPlayer clip={clip} autoplay />;
  return (
    <Button
      className="post-picture"
      aria-label={say(words.play, { title: clip.title, length: clockText(clip.durationMs) })}
      onPress={() => play(true)}
    >
      <Poster clip={clip} />
      <span className="post-play" aria-hidden="true">
        <Icon name="play" />
      </span>
      <span className="replay-card-length">{clockText(clip.durationMs)}</span>
    </Button>
  );
};

const PostMenu = ({ post }: { readonly post: Post }): ReactElement | null => {
  const say = useSay();
  const { client } = useReplay();
  const unshare = useUnshare(post.channelId);
  const { clip } = post;
  const take = (): void =>
    unshare.mutate(post.id, {
      onError: (error) => void toast({ title: say(words.failed), detail: sentenceOf(error, say), look: "danger" }),
    });
  const entries: MenuEntry[] = [
    ...(clip === null
      ? []
      : [
          { id: "download", label: say(words.download), icon: "download" as const, href: client.link(clip.links.download), download: true },
          ...(clip.links.downloadAac === null
            ? []
            : [
                {
                  id: "aac",
                  label: say(words.downloadAac),
                  icon: "download" as const,
                  href: client.link(clip.links.downloadAac),
                  download: true,
                },
              ]),
        ]),
    ...(post.can.unshare ? [{ id: "unshare", label: say(words.unshare), icon: "close" as const, onAction: take, danger: true }] : []),
  ];
  return entries.length === 0 ? null : <Menu label={say(words.postMenu, { title: clip?.title ?? post.author.name })} entries={entries} />;
};

/** The card of a post. A clip that was deleted leaves its post, which says so. */
export const PostCard = ({ post }: { readonly post: Post }): ReactElement => {
  const say = useSay();
  const { client, removals } = useReplay();
  const hidden = useValue(removals.value);
  const clip = post.clip !== null && hidden.has(post.clip.id) ? null : post.clip;
  return (
    <article className="post">
      <header className="post-head">
        <Avatar userId={post.author.userId} name={post.author.name} />
        <p>
          <strong>{post.author.name}</strong>{" "}
          <time dateTime={new Date(post.createdAtMs).toISOString()}>{whenText(post.createdAtMs, client.clock.now())}</time>
        </p>
        <PostMenu post={post} />
      </header>
      {post.text !== "" && <p className="post-text">{post.text}</p>}
      {clip === null ? <p className="post-gone">{say(words.clipWasDeleted)}</p> : <Picture clip={clip} />}
      {clip !== null && (
        <h2 className="post-title">
          <Link href={routes.clip(clip.id)}>{clip.title}</Link>
        </h2>
      )}
    </article>
  );
};
