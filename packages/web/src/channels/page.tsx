/** A channel: the clips that were shared to it, newest first, live. */
import { usePosts } from "@livekit-replay/react";
import type { Me } from "@livekit-replay/contract";
import type { ReactElement } from "react";
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
  readonly me: Me;
  readonly channelId: string;
}

const Posts = ({ channelId, name }: { readonly channelId: string; readonly name: string }): ReactElement => {
  const say = useSay();
  const posts = usePosts(channelId);
  if (posts.isPending) return <Loading label={say(words.loading)} />;
  if (posts.isLoadingError) return <Failure title={say(words.channelRefused)} error={posts.error} onRetry={() => void posts.refetch()} />;
  const all = posts.data.pages.flatMap((page) => page.items);
  if (all.length === 0) {
    return (
      <Nothing title={say(words.channelEmpty, { channel: name })}>
        <p>{say(words.channelEmptyHow)}</p>
      </Nothing>
    );
  }
  return (
    <>
      <ol className="posts">
        {all.map((post) => (
          <li key={post.id}>
            <PostCard post={post} />
          </li>
        ))}
      </ol>
      {posts.hasNextPage && (
        <Button onPress={() => void posts.fetchNextPage()} busy={posts.isFetchingNextPage}>
          {say(words.older)}
        </Button>
      )}
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
      <Posts channelId={channelId} name={name} />
    </div>
  );
};
