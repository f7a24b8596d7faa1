/** The film of a strip: what is kept, gaps, clips that were made, and the reach of a capture. One element's place changes each second; nothing else is drawn anew. */
import type { Session } from "@livekit-replay/contract";
import { memo, type CSSProperties, type ReactElement } from "react";
import { useText } from "../provider/context.js";
import { clockText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";
import { layoutStrip, placeOf, reachOf, type JoinedGap, type Stretch, type StripLayout } from "./layout.js";
import type { StripMark } from "./marks.js";
import { useNow } from "./use-now.js";

/** Custom properties of a stretch's place. */
export const placeStyle = ({ from, to }: Stretch): CSSProperties => ({ "--replay-from": from, "--replay-to": to });

/** A stretch narrower than this share of the strip has no room for words on it. */
const NARROW = 0.09;

/** Whether words fit on a stretch. */
export const isNarrow = ({ from, to }: Stretch): boolean => to - from < NARROW;

/** What does not move on the film by itself: it moves with it. `anchorMs` is where the reel begins. */
export interface ReelProps {
  readonly gaps: readonly JoinedGap[];
  readonly marks: readonly StripMark[];
  readonly anchorMs: number;
  readonly scaleMs: number;
}

/** Gaps and marks, placed by wall time. Rendered only when there are others. */
export const Reel = memo(({ gaps, marks, anchorMs, scaleMs }: ReelProps): ReactElement => {
  const place = (from: number, to: number): CSSProperties =>
    placeStyle({ from: (from - anchorMs) / scaleMs, to: (to - anchorMs) / scaleMs });
  return (
    <>
      {gaps.map(({ fromMs, toMs, reasons }) => (
        <span key={`gap-${fromMs}`} className="replay-strip-gap" data-reason={reasons.join(" ")} style={place(fromMs, toMs)} />
      ))}
      {marks.map(({ key, fromMs, toMs }) => (
        <span key={key} className="replay-strip-mark" style={place(fromMs, toMs)} />
      ))}
    </>
  );
});

/** What the film shows. */
export interface FilmProps {
  readonly session: Session;
  readonly scaleMs: number;
  readonly anchorMs: number;
  /** The reach to show; undefined: none. */
  readonly reachMs: number | undefined;
  readonly reachActive: boolean;
  /** The reel. */
  readonly children: ReactElement;
}

const Reach = ({
  layout,
  reachMs,
  scaleMs,
  active,
}: {
  layout: StripLayout;
  reachMs: number;
  scaleMs: number;
  active: boolean;
}): ReactElement => {
  const text = useText();
  const { asked, got } = reachOf(layout, reachMs, scaleMs);
  const short = layout.keptMs < reachMs - 500;
  return (
    <>
      {short && <span className="replay-strip-asked" style={placeStyle(asked)} data-active={active || undefined} />}
      {layout.kept !== undefined && (
        <span
          className="replay-strip-reach"
          style={placeStyle(got)}
          data-active={active || undefined}
          data-narrow={isNarrow(got) || undefined}
        >
          {active && (
            <b>{short ? text(texts.stripReach, { got: clockText(layout.keptMs), asked: clockText(reachMs) }) : clockText(reachMs)}</b>
          )}
        </span>
      )}
    </>
  );
};

/** The strip's picture; its name says how much is kept. */
export const Film = memo(({ session, scaleMs, anchorMs, reachMs, reachActive, children }: FilmProps): ReactElement => {
  const text = useText();
  const nowMs = useNow();
  const { window, pausedAtMs } = session;
  const layout = layoutStrip({ window, running: session.state === "active", nowMs, scaleMs, pausedAtMs });
  const label = layout.kept === undefined ? text(texts.stripEmpty) : text(texts.stripLabel, { kept: clockText(layout.keptMs) });
  const pause = layout.gaps.find(({ gap }) => gap.reason === "pause" && gap.fromMs >= (window?.toMs ?? 0) && gap.toMs === nowMs);
  return (
    <div className="replay-strip-film" role="img" aria-label={label} data-empty={layout.kept === undefined || undefined}>
      {layout.kept !== undefined && <span className="replay-strip-kept" style={placeStyle(layout.kept)} />}
      <div className="replay-strip-reel" style={{ insetInlineStart: `${((anchorMs - layout.startMs) / scaleMs) * 100}%` }}>
        {children}
      </div>
      {pause !== undefined && (
        <span
          className="replay-strip-gap"
          data-reason="pause"
          style={placeStyle({ from: Math.max(0, placeOf(layout, pause.gap.fromMs)), to: 1 })}
        />
      )}
      {reachMs !== undefined && <Reach layout={layout} reachMs={reachMs} scaleMs={scaleMs} active={reachActive} />}
    </div>
  );
});
