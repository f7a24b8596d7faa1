/** A channel: the clips that were shared to it, newest first, live. */
import { usePosts, type SteadyMe } from "@livekit-replay/react";
import type { Post } from "@livekit-replay/contract";
import { useEffect, useEffectEvent, useRef, useState, type ReactElement } from "react";
import { Switcher } from "../layout/menu.js";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Button } from "../ui/button.js";
import { Failure, Loading, Nothing } from "../ui/notice.js";
import { useTitle } from "../ui/title.js";
import { PostCard } from "./post.js";

/** Which channel, for whom. */
export interface ChannelPageProps {
  readonly me: SteadyMe;
  readonly channelId: string;
}

/** Up to here the newest post is in view. */
const AT_TOP_PX = 120;

const isAtTop = (): boolean => scrollY < AT_TOP_PX;

/** Posts that come while somebody reads further down wait until they are asked for, or until the reader is back at the top. */
const useNews = (posts: readonly Post[]): { readonly shown: readonly Post[]; readonly waiting: number; readonly show: () => void } => {
  const newestMs = posts[0]?.createdAtMs ?? 0;
  const [untilMs, setUntil] = useState(newestMs);
  const [top, setTop] = useState(isAtTop);
  useEffect(() => {
    const look = (): void => setTop(isAtTop());
    addEventListener("scroll", look, { passive: true });
    return () => removeEventListener("scroll", look);
  }, []);
  if (top && newestMs > untilMs) setUntil(newestMs);
  const shown = posts.filter(({ createdAtMs }) => createdAtMs <= Math.max(untilMs, top ? newestMs : 0));
  return { shown, waiting: posts.length - shown.length, show: () => setUntil(newestMs) };
};

const Posts = ({ posts }: { readonly posts: readonly Post[] }): ReactElement => {
  const say = useSay();
  const { shown, waiting, show } = useNews(posts);
  return (
    <>
      {waiting > 0 && (
        <div className="posts-news">
          <Button
            look="strong"
            onPress={() => {
              show();
              scrollTo({ top: 0 });
            }}
          >
            {waiting === 1 ? say(words.newPost) : say(words.newPosts, { count: waiting })}
          </Button>
        </div>
      )}
      <ol className="posts">
        {shown.map((post) => (
          <li key={post.id}>
            <PostCard post={post} />
          </li>
        ))}
      </ol>
    </>
  );
};

/** Loads older posts when the end of the list comes near. */
const Older = ({ isLoading, onMore }: { readonly isLoading: boolean; readonly onMore: () => void }): ReactElement => {
  const say = useSay();
  const place = useRef<HTMLDivElement>(null);
  const more = useEffectEvent(() => void (isLoading || onMore()));
  useEffect(() => {
    if (place.current === null) return undefined;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting === true && more(), { rootMargin: "600px 0px" });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={place} className="posts-older">
      <Button onPress={onMore} busy={isLoading}>
        {say(words.older)}
      </Button>
    </div>
  );
};

const Channel = ({ channelId, name }: { readonly channelId: string; readonly name: string }): ReactElement => {
  const say = useSay();
  const posts = usePosts(channelId);
  if (posts.isPending) return <Loading label={say(words.loading)} />;
  if (posts.isLoadingError) return <Failure title={say(words.channelRefused)} error={posts.error} onRetry={() => void posts.refetch()} />;
  // A post that moved to the next page between two answers is there twice.
  const all = [...new Map(posts.data.pages.flatMap((page) => page.items).map((post) => [post.id, post])).values()];
  if (all.length === 0) {
    return (
      <Nothing title={say(words.channelEmpty, { channel: name })}>
        <p>{say(words.channelEmptyHow)}</p>
      </Nothing>
    );
  }
  return (
    <>
      <Posts posts={all} />
      {posts.hasNextPage && <Older key={all.length} isLoading={posts.isFetchingNextPage} onMore={() => void posts.fetchNextPage()} />}
    </>
  );
};

/** The view of one channel. */
export const ChannelPage = ({ me, channelId }: ChannelPageProps): ReactElement => {
  const say = useSay();
  const channels = me.communities.flatMap((community) => community.channels);
  const name = channels.find((channel) => channel.id === channelId)?.name ?? channelId;
  useTitle(`#${name}`);
  return (
    <div className="channel">
      <Switcher
        label={say(words.inChannel)}
        ways={channels.map((channel) => ({ href: routes.channel(channel.id), name: `#${channel.name}` }))}
      />
      <header className="view-head">
        <h1>
          <span aria-hidden="true">#</span> {name}
        </h1>
      </header>
      <Channel channelId={channelId} name={name} />
    </div>
  );
};
