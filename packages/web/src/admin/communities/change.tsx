/** A community gets another name, or goes. */
import { useReplay } from "@livekit-replay/react";
import type { CommunityEntry } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { useSay } from "../../texts/say.js";
import { ConfirmDialog } from "../form/confirm-dialog.js";
import { views } from "../texts/views.js";
import { Rename } from "../form/rename.js";

/** Which one. */
export interface ChangeCommunityProps {
  readonly community: CommunityEntry;
  readonly onClose: () => void;
  readonly onRemoved?: () => void;
}

/** The dialog; open while it is rendered. */
export const RenameCommunity = ({ community, onClose }: ChangeCommunityProps): ReactElement => {
  const say = useSay();
  const { communities } = useReplay().client.directory;
  return (
    <Rename
      title={say(views.renameOf, { name: community.name })}
      before={community.name}
      save={(name) => communities.put(community.id, { name })}
      onClose={onClose}
    />
  );
};

/** The dialog; open while it is rendered. */
export const RemoveCommunity = ({ community, onClose, onRemoved }: ChangeCommunityProps): ReactElement => {
  const say = useSay();
  const { communities } = useReplay().client.directory;
  const { id, name } = community;
  return (
    <ConfirmDialog
      title={say(views.removeAsk, { name })}
      goes={[say(views.communityGoesSessions), say(views.communityGoesPosts), say(views.communityGoesRights)]}
      stays={[say(views.communityStays)]}
      act={say(views.removeIt, { name })}
      onAct={() => communities.remove(id)}
      done={say(views.removed, { name })}
      onClose={onClose}
      {...(onRemoved === undefined ? {} : { onDone: onRemoved })}
    />
  );
};
