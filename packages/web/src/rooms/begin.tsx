/** Where a share begins. */
import { clockText, useShare, type SteadyMe } from "@livekit-replay/react";
import type { ReactElement } from "react";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { Button } from "../ui/button.js";
import { Notice } from "../ui/notice.js";

/** Who would share, and in which room. */
export interface BeginProps {
  readonly me: SteadyMe;
  readonly roomName: string;
}

const canShare = (): boolean => typeof navigator.mediaDevices?.getDisplayMedia === "function";

const Buttons = ({ roomName, strong }: { readonly roomName: string; readonly strong: boolean }): ReactElement => {
  const say = useSay();
  const { share, store } = useShare();
  const busy = share.state === "asking" || share.state === "connecting";
  return (
    <div className="begin-buttons">
      <Button look={strong ? "strong" : "plain"} icon="screen" isDisabled={busy} onPress={() => void store.start(roomName)}>
        {say(words.shareScreen)}
      </Button>
      <Button icon="tab" isDisabled={busy} onPress={() => void store.start(roomName, "this-tab")}>
        {say(words.shareTab)}
      </Button>
      {share.state === "asking" && <p role="status">{say(words.shareAsking)}</p>}
    </div>
  );
};

const mayShare = (me: SteadyMe, roomName: string): boolean =>
  me.admin ||
  me.communities.some((one) => one.rooms.some((room) => room.roomName === roomName) && one.permissions.includes("ENABLE_REPLAY_BUFFER"));

const Failed = ({ roomName }: { readonly roomName: string }): ReactElement | null => {
  const say = useSay();
  const { share } = useShare();
  if (share.state !== "failed" || share.roomName !== roomName) return null;
  return (
    <Notice look="warning">
      {say(words.shareFailed)}. {sentenceOf(share.error, say)}
    </Notice>
  );
};

/** The invitation to share in a room where nothing runs, or why this person or this browser cannot. */
export const Begin = ({ me, roomName }: BeginProps): ReactElement => {
  const say = useSay();
  if (!mayShare(me, roomName)) {
    const community = me.communities.find((one) => one.rooms.some((room) => room.roomName === roomName));
    return <p className="begin-no">{say(words.shareNotAllowed, { community: community?.name ?? "" })}</p>;
  }
  return (
    <section className="begin">
      <div className="film film-empty" aria-hidden="true">
        <span className="film-length">{clockText(me.limits.captureMaxMinutes * 60_000)}</span>
      </div>
      <h2>{say(words.shareLead)}</h2>
      <p>{say(words.shareExplain, { minutes: me.limits.captureMaxMinutes })}</p>
      {canShare() ? <Buttons roomName={roomName} strong /> : <p className="begin-no">{say(words.shareUnsupported)}</p>}
      <Failed roomName={roomName} />
    </section>
  );
};

/** The same in a room where others share: in one line, and nothing for who cannot. */
export const BeginToo = ({ me, roomName }: BeginProps): ReactElement | null => {
  if (!mayShare(me, roomName) || !canShare()) return null;
  return (
    <div className="begin-too">
      <Buttons roomName={roomName} strong={false} />
      <Failed roomName={roomName} />
    </div>
  );
};
