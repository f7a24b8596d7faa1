/** Everything that an editor needs, for a component: the target as it is now, a player, and the store that connects them. */
import type { Clip, Session } from "@livekit-replay/contract";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useClip } from "../clips/use-clips.js";
import { usePlayer, type Player } from "../player/use-player.js";
import { useReplay } from "../provider/context.js";
import { useRoom } from "../rooms/use-room.js";
import { useValue } from "../store/value.js";
import type { Bounds } from "./frames.js";
import { clipPlayer, ofClip, ofRange, viewOf, type TrimSource } from "./source.js";
import { TrimStore, type TrimState } from "./store.js";
import type { SessionRange } from "./target.js";

/** An editor in a component. */
export interface Trim {
  readonly source: TrimSource;
  /** What the film shows: all of a clip; of a buffer the range with some around it. */
  readonly view: Bounds;
  readonly store: TrimStore;
  readonly state: TrimState;
  readonly player: Player;
  /** `ref` of the media element. */
  readonly video: (element: HTMLVideoElement | null) => (() => void) | undefined;
}

const useEditor = (source: TrimSource, view: Bounds, part: Bounds): Trim => {
  const player = usePlayer({ source: source.player, autoplay: false, muted: false });
  const [store] = useState(() => new TrimStore({ source, player: player.store, part }));
  const state = useValue(store.value);
  useEffect(() => store.open(), [store]);
  useEffect(() => store.update(source), [store, source]);
  const { video: attach } = player;
  const video = useCallback(
    (element: HTMLVideoElement | null) => {
      if (element === null) return undefined;
      const [detach, unfollow] = [attach(element), store.screen.attach(element)];
      return () => {
        unfollow();
        detach?.();
      };
    },
    [attach, store],
  );
  return { source, view, store, state, player, video };
};

/** The editor of a clip. What it is played from is chosen once: its times stay the same while it is edited. */
export const useClipTrim = (clip: Clip): Trim & { readonly clip: Clip } => {
  const { client } = useReplay();
  const now = useClip(clip.id).data ?? clip;
  const [played, setPlayed] = useState(() => clipPlayer(client, now));
  const player = played ?? clipPlayer(client, now);
  if (player !== played) setPlayed(player);
  const source = useMemo(() => ofClip(client, now, player), [client, now, player]);
  const [view] = useState(source.bounds);
  return { ...useEditor(source, view, view), clip: now };
};

/** The session as it is now; the last that was known when it is gone. */
const useNow = (session: Session): Session => {
  const { sessions } = useRoom(session.roomName);
  const found = sessions.find(({ id }) => id === session.id);
  const [last, setLast] = useState(session);
  if (found !== undefined && found !== last) setLast(found);
  return found ?? last;
};

/** The editor of a range of a buffer. */
export const useRangeTrim = (target: SessionRange): Trim & { readonly session: Session } => {
  const { client, captures } = useReplay();
  const session = useNow(target.session);
  const [view] = useState(() => viewOf(target));
  const [live] = useState(session.links.live);
  const source = useMemo(
    () => ofRange({ client, captures }, { ...session, links: { ...session.links, live } }, view),
    [client, captures, session, live, view],
  );
  return { ...useEditor(source, view, target.range), session };
};
