/** Where a player of the session is, on the strip: it moves without rendering anything. */
import { useEffect, useRef, type ReactElement } from "react";
import type { Readable } from "../store/value.js";
import { placeOf, type StripLayout } from "./layout.js";

/** Which moment is shown, and the strip. */
export interface PlayheadProps {
  readonly layout: StripLayout;
  readonly playhead: Readable<number | undefined>;
}

/** A line across the strip; nothing while no player shows a moment of it. */
export const Playhead = ({ layout, playhead }: PlayheadProps): ReactElement => {
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const move = (): void => {
      const atMs = playhead.get();
      const place = atMs === undefined ? -1 : placeOf(layout, atMs);
      if (line.current === null) return;
      line.current.hidden = place < 0 || place > 1.02;
      line.current.style.setProperty("--replay-at", String(Math.min(1, Math.max(0, place))));
    };
    move();
    return playhead.subscribe(move);
  }, [layout, playhead]);
  return <div ref={line} className="replay-playhead" aria-hidden="true" hidden />;
};
