/** The pictures along a strip, on one canvas: it is drawn anew each second, and nothing is rendered for it. */
import type { Session } from "@livekit-replay/contract";
import { useEffect, useEffectEvent, useRef, type ReactElement } from "react";
import { useReplay } from "../provider/context.js";
import type { Readable } from "../store/value.js";
import { drawFilm } from "./draw.js";
import { layoutStrip } from "./layout.js";
import type { Picture } from "./pictures.js";
import { onTick } from "./use-now.js";

/** Whose pictures, and how long the strip is. */
export interface ReelCanvasProps {
  readonly session: Session;
  readonly scaleMs: number;
  readonly rtl: boolean;
  readonly pictures: Readable<readonly Picture[]>;
}

/** More device pixels than this for each CSS pixel cannot be told apart in pictures of this size. */
const MOST_RATIO = 2;

/** A canvas over the film. It stays empty while there are no pictures. */
export const ReelCanvas = ({ session, scaleMs, rtl, pictures }: ReelCanvasProps): ReactElement => {
  const { client } = useReplay();
  const canvas = useRef<HTMLCanvasElement>(null);
  const draw = useEffectEvent(() => {
    const place = canvas.current;
    const context = place?.getContext("2d");
    if (!place || !context || place.clientWidth === 0) return;
    const { clientWidth: width, clientHeight: height } = place;
    const ratio = Math.min(MOST_RATIO, globalThis.devicePixelRatio || 1);
    // Setting a canvas's size clears it, even to the same.
    if (place.width !== Math.round(width * ratio)) place.width = Math.round(width * ratio);
    if (place.height !== Math.round(height * ratio)) place.height = Math.round(height * ratio);
    const { window, state, pausedAtMs } = session;
    const layout = layoutStrip({ window, running: state === "active", nowMs: client.clock.now(), scaleMs, pausedAtMs });
    drawFilm(context, layout, pictures.get(), { width, height, ratio, rtl, film: getComputedStyle(place).color });
  });
  useEffect(() => {
    const place = canvas.current;
    if (place === null) return undefined;
    const observer = new ResizeObserver(() => draw());
    observer.observe(place);
    const stops = [onTick(() => draw()), pictures.subscribe(() => draw())];
    return () => {
      observer.disconnect();
      for (const stop of stops) stop();
    };
  }, [pictures]);
  useEffect(() => draw(), [session, scaleMs, rtl]);
  return <canvas ref={canvas} className="replay-strip-pictures" aria-hidden="true" />;
};
