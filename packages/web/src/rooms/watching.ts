/** Whether somebody looks at a session's picture, and at which moment of it: its player and its strip share this. */
import { Value, type Moment } from "@livekit-replay/react";
import type { Session } from "@livekit-replay/contract";
import { useMemo, useState } from "react";

/** A session's picture in this page. */
export interface Watching {
  /** What the person wants; undefined: they have not said. */
  readonly wish: boolean | undefined;
  /** The moment that shall be shown; undefined: the newest. */
  readonly moment: Moment | undefined;
  /** The moment that the player shows. */
  readonly playhead: Value<number | undefined>;
  /** Shows the newest picture. */
  readonly watch: () => void;
  /** Shows a moment (wall time); undefined where nobody can go back in this session. */
  readonly see: ((atMs: number) => void) | undefined;
  readonly close: () => void;
}

/** Players know VP8 in no segments: its clips can be played, its buffer cannot. */
const canLookBack = ({ links, video }: Session): boolean => links.live !== null && video?.codec !== "vp08";

/** How a session is watched. */
export const useWatching = (session: Session): Watching => {
  const [{ wish, moment }, set] = useState<Pick<Watching, "wish" | "moment">>({ wish: undefined, moment: undefined });
  const [playhead] = useState(() => new Value<number | undefined>(undefined));
  const can = canLookBack(session);
  return useMemo(
    () => ({
      wish,
      moment,
      playhead,
      watch: () => set({ wish: true, moment: undefined }),
      see: can ? (atMs) => set({ wish: true, moment: { atMs } }) : undefined,
      close: () => set({ wish: false, moment: undefined }),
    }),
    [wish, moment, playhead, can],
  );
};
