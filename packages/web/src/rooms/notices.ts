/** Tells the person what others keep of a share: of their own wherever they are in the page, of others' in the room. What they keep themselves is on the page already. */
import { clockText } from "@livekit-replay/react";
import type { MeEvent, RoomEvent, Session } from "@livekit-replay/contract";
import { useLocation } from "wouter";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { toast } from "../toasts/send.js";

/** A clip that was made of a share of mine, as either stream tells of it. */
type Made = Pick<Extract<MeEvent, { type: "clip_of_me" }>, "clipId" | "by" | "durationMs">;

/** Both streams tell of the same clip: it is said once. */
const told = new Set<string>();
const MOST_TOLD = 200;

const isNews = (clipId: string): boolean => {
  if (told.has(clipId)) return false;
  told.add(clipId);
  for (const oldest of told) {
    if (told.size <= MOST_TOLD) break;
    told.delete(oldest);
  }
  return true;
};

/** Answers how to say that somebody made a clip of my share, with the way to it: there it can be withdrawn. */
export const useTellOfMine = (): ((made: Made) => void) => {
  const say = useSay();
  const [, navigate] = useLocation();
  return ({ clipId, by, durationMs }) => {
    if (!isNews(clipId)) return;
    toast({
      title: say(words.someoneKeptMine, { person: by.name, length: clockText(durationMs) }),
      action: { label: say(words.someoneKeptLook), onAction: () => navigate(routes.clip(clipId)) },
    });
  };
};

/** Answers what to do with each event of a room. */
export const useNotices = (userId: string): ((event: RoomEvent, sessions: readonly Session[]) => void) => {
  const say = useSay();
  const tellOfMine = useTellOfMine();
  return (event, sessions) => {
    if (event.type !== "captured" || event.by.userId === userId) return;
    const owner = sessions.find((session) => session.id === event.sessionId)?.owner;
    if (owner === undefined) return;
    if (owner.userId === userId) tellOfMine(event);
    else toast({ title: say(words.someoneKept, { person: event.by.name, length: clockText(event.durationMs), owner: owner.name }) });
  };
};
