/** One person's buffer in a room, for a component: the session, how to capture it, how to end it. */
import type { Session } from "@livekit-replay/contract";
import { useRoom } from "../rooms/use-room.js";
import { useCapture, type CaptureControl } from "../capture/use-capture.js";
import { useReplay } from "../provider/context.js";

/** Which buffer: of a room, and there of one person. */
export interface ReplayBufferOptions {
  readonly roomName: string;
  /** Default: the newest session that the person may capture. */
  readonly ownerId?: string;
}

/** A buffer. `session` is undefined while there is none. */
export interface ReplayBuffer {
  readonly session: Session | undefined;
  readonly control: CaptureControl;
  /** Ends the session; its buffer stays for the grace time. Throws as `client.sessions.stop` does. */
  readonly stop: () => Promise<void>;
}

/** The buffer of a person in a room, live. */
export const useReplayBuffer = ({ roomName, ownerId }: ReplayBufferOptions): ReplayBuffer => {
  const { client } = useReplay();
  const { sessions } = useRoom(roomName);
  const session = sessions.find((one) => (ownerId === undefined ? one.can.capture : one.owner.userId === ownerId));
  const control = useCapture(session);
  const stop = async (): Promise<void> => {
    if (session !== undefined) await client.sessions.stop(session.id);
  };
  return { session, control, stop };
};
