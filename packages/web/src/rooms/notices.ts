/** Tells the person what others keep of a share in the room; what they keep themselves is on the page already. */
import { clockText } from "@livekit-replay/react";
import type { RoomEvent, Session } from "@livekit-replay/contract";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { toast } from "../toasts/send.js";

/** Answers what to do with each event of a room. */
export const useNotices = (userId: string): ((event: RoomEvent, sessions: readonly Session[]) => void) => {
  const say = useSay();
  return (event, sessions) => {
    if (event.type !== "captured" || event.by.userId === userId) return;
    const owner = sessions.find((session) => session.id === event.sessionId)?.owner;
    if (owner === undefined) return;
    toast({ title: say(words.someoneKept, { person: event.by.name, length: clockText(event.durationMs), owner: owner.name }) });
  };
};
