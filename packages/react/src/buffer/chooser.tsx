/** Everything on a strip that is pointed at: pictures, the moment below the pointer, the range that is chosen, its handles, and what can be done with it. */
import type { Session } from "@livekit-replay/contract";
import { memo, useEffect, useRef, useState, type ReactElement } from "react";
import type { ChosenRange } from "../capture/store.js";
import type { CaptureSettings } from "../capture/use-capture.js";
import { useValue, type Readable } from "../store/value.js";
import { clockText } from "../texts/amounts.js";
import { isNarrow, placeStyle } from "./film.js";
import { Foot } from "./foot.js";
import { Handles } from "./handles.js";
import { gapAt, layoutStrip, placeOf, type JoinedGap, type Span, type StripLayout } from "./layout.js";
import type { StripMark } from "./marks.js";
import { Playhead } from "./playhead.js";
import { Preview } from "./preview.js";
import type { Edge } from "./range.js";
import { ReelCanvas } from "./reel-canvas.js";
import { isRtl, useChoice } from "./use-choice.js";
import { useNow } from "./use-now.js";
import { useStripPictures } from "./use-pictures.js";
import { useRange, useRangeFocus } from "./use-range.js";
import type { StripEnd } from "./words.js";

/** Which strip, and what its owner hears of. */
export interface ChooserProps {
  readonly session: Session;
  readonly scaleMs: number;
  readonly gaps: readonly JoinedGap[];
  readonly marks: readonly StripMark[];
  readonly control: CaptureSettings | undefined;
  readonly onMoment: ((atMs: number) => void) | undefined;
  readonly onTrim: ((range: ChosenRange) => void) | undefined;
  readonly playhead: Readable<number | undefined> | undefined;
}

interface SelectedProps {
  readonly layout: StripLayout;
  readonly range: Span;
  readonly drawing: boolean;
}

/** What is chosen, and a shade over all that is not. */
const Selected = ({ layout, range, drawing }: SelectedProps): ReactElement => {
  const place = { from: Math.max(0, placeOf(layout, range.fromMs)), to: Math.min(1, placeOf(layout, range.toMs)) };
  return (
    <div className="replay-strip-shade" aria-hidden="true">
      <span className="replay-strip-chosen" style={placeStyle(place)} data-drawing={drawing || undefined}>
        {!isNarrow(place) && <b>{clockText(range.toMs - range.fromMs)}</b>}
      </span>
    </div>
  );
};

/** The moment that is shown above the strip: below the pointer, or where a handle is. */
const shownMoment = (atMs: number | undefined, active: Edge | undefined, range: Span | undefined): number | undefined => {
  if (atMs !== undefined || active === undefined) return atMs;
  return active === "from" ? range?.fromMs : range?.toMs;
};

/** The part of a strip that is loaded after it. Fills the same place as the film, and what stands below the ruler. */
export const Chooser = memo((props: ChooserProps): ReactElement => {
  const { session, scaleMs, gaps, marks, control, onMoment, playhead } = props;
  const running = session.state === "active";
  const surface = useRef<HTMLDivElement>(null);
  const store = useStripPictures(session, surface);
  const pictures = useValue(store);
  const layout = layoutStrip({ window: session.window, running, nowMs: useNow(), scaleMs, pausedAtMs: session.pausedAtMs });
  const { span } = layout;
  const end: StripEnd = { endMs: layout.endMs, running };
  const on = useRange(control, layout, end);
  const { range } = on;
  const focus = useRangeFocus(range !== undefined);
  const [active, setActive] = useState<Edge | undefined>(undefined);
  const [rtl, setRtl] = useState(false);
  useEffect(() => setRtl(isRtl(surface.current)), [session.id]);
  const see = (atMs: number): void => {
    if (span !== undefined && atMs >= span.fromMs && atMs <= span.toMs && gapAt(gaps, atMs) === undefined) onMoment?.(atMs);
  };
  const drawn = (next: Span): void => {
    on.choose(next);
    focus.move("to");
  };
  const mostMs = control === undefined || control.disabled ? undefined : control.mostMs;
  const { draft, atMs, handlers } = useChoice({ surface, layout, mostMs, onRange: drawn, onMoment: see });
  const selected = draft ?? range;
  const previewMs = shownMoment(atMs, active, range);
  const handles = { session, surface, layout, rtl, toldEnd: on.toldEnd, focus, onActive: setActive };
  return (
    <>
      <div ref={surface} className="replay-strip-surface" data-seeks={onMoment !== undefined || undefined} {...handlers}>
        <ReelCanvas session={session} scaleMs={scaleMs} rtl={rtl} pictures={store} />
        {selected !== undefined && <Selected layout={layout} range={selected} drawing={draft !== undefined} />}
        {atMs !== undefined && span !== undefined && (
          <span className="replay-strip-pointer" style={{ "--replay-at": placeOf(layout, atMs) }} />
        )}
      </div>
      {playhead !== undefined && <Playhead layout={layout} playhead={playhead} />}
      {mostMs !== undefined && range !== undefined && span !== undefined && draft === undefined && (
        <Handles {...handles} span={span} range={range} onRange={on.choose} onClear={() => on.choose(undefined)} />
      )}
      {previewMs !== undefined && (
        <Preview atMs={previewMs} layout={layout} running={running} gaps={gaps} marks={marks} pictures={pictures} draft={draft} />
      )}
      <Foot {...props} layout={layout} end={end} on={on} focus={focus} />
    </>
  );
});
