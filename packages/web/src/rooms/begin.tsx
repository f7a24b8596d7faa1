/** Where a share begins. */
import { clockText, useShare } from "@livekit-replay/react";
import type { Me } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { Button } from "../ui/button.js";
import { Notice } from "../ui/notice.js";

/** Which room, and whether others share there. */
export interface BeginProps {
  readonly me: Me;
  readonly roomName: string;
  readonly others: boolean;
}

const canShare = (): boolean => typeof navigator.mediaDevices?.getDisplayMedia === "function";

const Buttons = ({ roomName }: { readonly roomName: string }): ReactElement => {
  const say = useSay();
  const { share, store } = useShare();
  const busy = share.state === "asking" || share.state === "connecting";
  return (
    <div className="begin-buttons">
      <Button look="strong" icon="screen" isDisabled={busy} onPress={() => void store.start(roomName)}>
        {say(words.shareScreen)}
      </Button>
      <Button icon="tab" isDisabled={busy} onPress={() => void store.start(roomName, "this-tab")}>
        {say(words.shareTab)}
      </Button>
      {share.state === "asking" && <p role="status">{say(words.shareAsking)}</p>}
    </div>
  );
};

/** The invitation to share, or why this person or this browser cannot. */
export const Begin = ({ me, roomName, others }: BeginProps): ReactElement => {
  const say = useSay();
  const { share } = useShare();
  const community = me.communities.find((one) => one.rooms.some((room) => room.roomName === roomName));
  const allowed = me.admin || community?.permissions.includes("ENABLE_REPLAY_BUFFER") === true;
  if (!allowed) return <p className="begin-no">{say(words.shareNotAllowed, { community: community?.name ?? "" })}</p>;
  return (
    <section className="begin" data-small={others || undefined}>
      {!others && (
        <div className="film film-empty" aria-hidden="true">
          <span className="film-length">{clockText(me.limits.captureMaxMinutes * 60_000)}</span>
        </div>
      )}
      <h2>{say(others ? words.shareLeadOthers : words.shareLead)}</h2>
      {!others && <p>{say(words.shareExplain, { minutes: me.limits.captureMaxMinutes })}</p>}
      {canShare() ? <Buttons roomName={roomName} /> : <p className="begin-no">{say(words.shareUnsupported)}</p>}
      {share.state === "failed" && share.roomName === roomName && (
        <Notice look="warning">
          {say(words.shareFailed)}. {sentenceOf(share.error, say)}
        </Notice>
      )}
    </section>
  );
};
