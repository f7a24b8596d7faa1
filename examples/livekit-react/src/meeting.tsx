/** The meeting: LiveKit's own conference as it comes, and the replay of its room beside it. */
import { LiveKitRoom, VideoConference } from "@livekit/components-react";
import { ReplayProvider, type TrimTarget } from "@livekit-replay/react";
import type { RoomOptions } from "livekit-client";
import { type ReactElement, useState } from "react";
import type { Membership } from "../server/wire.ts";
import { Clips } from "./clips.tsx";
import { Replay } from "./replay.tsx";
import { replayToken } from "./server.ts";

/** One layer of H.264: what is sent is what is kept, and it plays everywhere without being converted (docs/guide/livekit.md, "What to publish"). */
const options: RoomOptions = {
  publishDefaults: {
    videoCodec: "h264",
    backupCodec: false,
    screenShareEncoding: { maxBitrate: 6_000_000, maxFramerate: 60 },
    screenShareSimulcastLayers: [],
  },
};

/** Whose meeting, and what to do when it is over. */
export interface MeetingProps {
  readonly membership: Membership;
  readonly onLeave: () => void;
}

/** Everything behind the door. The replay joins no room: it follows that of LiveKit's context. */
export const Meeting = ({ membership, onLeave }: MeetingProps): ReactElement => {
  const { userId, livekit, replayUrl } = membership;
  const [target, trim] = useState<TrimTarget | undefined>(undefined);
  return (
    <ReplayProvider baseUrl={replayUrl} userId={userId} getToken={() => replayToken(membership)}>
      <LiveKitRoom
        className="meeting"
        serverUrl={livekit.url}
        token={livekit.token}
        audio={false}
        video={false}
        options={options}
        onDisconnected={onLeave}
      >
        <div className="meeting-call">
          <VideoConference />
        </div>
        <Replay onTrim={trim} />
        <Clips target={target} onTrim={trim} />
      </LiveKitRoom>
    </ReplayProvider>
  );
};
