/** The sample of the README, as a file that is type checked. */
import "@livekit-replay/react/styles.css";
import { BufferStrip, CaptureButton, ReplayProvider, useReplayBuffer } from "@livekit-replay/react";

const Buffer = ({ roomName }: { roomName: string }) => {
  const { session, control } = useReplayBuffer({ roomName });
  if (session === undefined) return null;
  return (
    <>
      <BufferStrip session={session} control={control} />
      <CaptureButton control={control} />
    </>
  );
};

const getToken = async () => await (await fetch("/replay-token")).text();

export const Replay = ({ userId, roomName }: { userId: string; roomName: string }) => (
  <ReplayProvider baseUrl="https://replay.example.org/livekit-replay" userId={userId} getToken={getToken}>
    <Buffer roomName={roomName} />
  </ReplayProvider>
);
