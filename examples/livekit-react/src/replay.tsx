/** The bar below the conference: for each share that is kept in this room its strip and its button. */
import { useRoomInfo } from "@livekit/components-react";
import { BufferStrip, CaptureButton, type SessionRange, useCaptureKeys, useReplayBuffer, useRoom } from "@livekit-replay/react";
import type { ReactElement } from "react";

/** Somebody wants to trim a part of a buffer before it is kept. */
export interface ReplayProps {
  readonly onTrim: (target: SessionRange) => void;
}

interface BuffersProps extends ReplayProps {
  readonly roomName: string;
}

interface BufferProps extends BuffersProps {
  readonly ownerId: string;
  /** The capture keys act on this one. */
  readonly hasKeys: boolean;
}

const Buffer = ({ roomName, ownerId, hasKeys, onTrim }: BufferProps): ReactElement | null => {
  const { session, control } = useReplayBuffer({ roomName, ownerId });
  useCaptureKeys(
    (length, pressedAtMs) => control.capture(length === "remembered" ? control.lengthMs : length, pressedAtMs),
    hasKeys && !control.disabled,
  );
  if (session === undefined) return null;
  const running = session.state === "active";
  return (
    <section className="buffer" aria-label={`The share of ${session.owner.name}`}>
      <p role="status">
        {running && <span className="lamp" aria-hidden="true" />}
        {running ? `Replay of ${session.owner.name}’s share` : `${session.owner.name}’s share ended. It can still be kept for a while.`}
      </p>
      <BufferStrip session={session} control={control} onTrim={(range) => onTrim({ session, range })} />
      {session.can.capture && <CaptureButton control={control} />}
    </section>
  );
};

const Buffers = ({ roomName, onTrim }: BuffersProps): ReactElement => {
  const { sessions } = useRoom(roomName);
  const keyed = sessions.find((session) => session.can.capture);
  return (
    <div className="buffers">
      {sessions.length === 0 && <p className="buffers-none">While somebody shares a screen, its last minutes are here.</p>}
      {sessions.map(({ id, owner }) => (
        <Buffer key={id} roomName={roomName} ownerId={owner.userId} hasKeys={id === keyed?.id} onTrim={onTrim} />
      ))}
    </div>
  );
};

/** Follows the LiveKit room of the context. Its name is known when it is joined. */
export const Replay = ({ onTrim }: ReplayProps): ReactElement | null => {
  const { name } = useRoomInfo();
  return name === "" ? null : <Buffers roomName={name} onTrim={onTrim} />;
};
