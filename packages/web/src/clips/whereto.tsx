/** Who can see a clip that was just kept: nobody else, a channel, or not the channel that was wished for. */
import { useMe, type Capture } from "@livekit-replay/react";
import type { Clip } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { Link } from "react-aria-components/Link";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { refusalOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { Icon } from "../ui/icon.js";
import { Notice } from "../ui/notice.js";

/** The name of a channel, as far as the person can read it. */
const useChannelName = (): ((channelId: string | undefined) => string) => {
  const channels = useMe().data?.communities.flatMap((community) => community.channels) ?? [];
  return (channelId) => channels.find((channel) => channel.id === channelId)?.name ?? channelId ?? "";
};

/** One line; a warning when the post was refused. */
export const WhereTo = ({ capture, clip }: { readonly capture: Capture; readonly clip: Clip }): ReactElement => {
  const say = useSay();
  const nameOf = useChannelName();
  if (clip.shares.length > 0) {
    return (
      <p className="whereto" data-shared="true">
        <Icon name="channels" />
        <span>
          {say(words.sharedIn)}{" "}
          {clip.shares.map((share) => (
            <Link key={share.postId} href={routes.channel(share.channelId)}>
              #{share.channelName}
            </Link>
          ))}
        </span>
      </p>
    );
  }
  return (
    <>
      {capture.shareRefused !== undefined && (
        <Notice look="warning">
          {say(words.postRefused, { channel: nameOf(capture.channelId), reason: refusalOf(capture.shareRefused, say) })}
        </Notice>
      )}
      <p className="whereto">
        <Icon name="lock" /> <span>{say(words.private)}</span>
      </p>
    </>
  );
};
