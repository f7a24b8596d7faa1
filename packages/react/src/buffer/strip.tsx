/**
 * The buffer strip: what is kept at this moment, second by second, with its gaps, and how far back a capture would reach. With a `control` a range can be
 * chosen on it; with `onMoment` it is rewound by; with either it shows pictures.
 */
import type { Session } from "@livekit-replay/contract";
import { lazy, memo, Suspense, useMemo, type ReactElement } from "react";
import type { ChosenRange } from "../capture/store.js";
import type { CaptureControl } from "../capture/use-capture.js";
import { useText } from "../provider/context.js";
import { useSteady } from "../store/steady.js";
import type { Readable } from "../store/value.js";
import { clockText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";
import type { Chooser as ChooserType } from "./chooser.js";
import { Film, placeStyle, Reel } from "./film.js";
import { joinGaps, layoutStrip, rulerOf, scaleOf, type JoinedGap } from "./layout.js";
import type { StripMark } from "./marks.js";
import { gapLength, reasonText } from "./words.js";

/** Pictures, handles and the rest of choosing are loaded after the strip itself is there. */
const Chooser = lazy(async (): Promise<{ default: typeof ChooserType }> => ({ default: (await import("./chooser.js")).Chooser }));

/** Which session, and what can be done with its strip. */
export interface BufferStripProps {
  readonly session: Session;
  /** The reach to show, in ms. Default: that of `control`; nothing is marked without either. */
  readonly reachMs?: number;
  /** The person is about to take this reach: it is shown more strongly. Default: what `control` says. */
  readonly reachActive?: boolean;
  /** Length of the strip, in ms. Default: as much as is needed to show all that is kept; ten minutes for a strip on which nothing can be done. */
  readonly scaleMs?: number;
  /** From `useCapture`: a range can be chosen on the strip and kept. */
  readonly control?: CaptureControl;
  /** Clips that were made of the session, from `useStripMarks`. */
  readonly marks?: readonly StripMark[];
  /** Somebody wants to see this moment (wall time): they clicked or tapped on it. */
  readonly onMoment?: (atMs: number) => void;
  /** Somebody wants to look at the chosen range, and trim it, before it is kept. There is a button for it when this is given. */
  readonly onTrim?: (range: ChosenRange) => void;
  /** The moment (wall time) that a player of the session shows: a playhead stands there. */
  readonly playhead?: Readable<number | undefined>;
  readonly className?: string;
}

const TEN_MINUTES_MS = 600_000;
const NO_MARKS: readonly StripMark[] = [];
/** Gaps that are nearer to each other than this share of the strip are one on it. */
const NEAR = 1 / 300;

const Gaps = ({ gaps }: { readonly gaps: readonly JoinedGap[] }): ReactElement | null => {
  const text = useText();
  if (gaps.length === 0) return null;
  const missingMs = gaps.reduce((sum, gap) => sum + gap.missingMs, 0);
  const reasons = [...new Set(gaps.flatMap((gap) => gap.reasons))];
  return (
    <p className="replay-strip-gaps">
      {text(texts.stripGaps, { length: gapLength({ missingMs }), reason: reasonText(text, { reasons }) })}
    </p>
  );
};

const Ruler = memo(({ scaleMs, running }: { readonly scaleMs: number; readonly running: boolean }): ReactElement => {
  const text = useText();
  return (
    <div className="replay-ruler" aria-hidden="true">
      {rulerOf(scaleMs).map((ms) => (
        <span
          key={ms}
          style={placeStyle({ from: 1 - ms / scaleMs, to: 1 })}
          data-mark={ms === scaleMs ? "edge" : ms / scaleMs < 0.15 ? "near" : "far"}
        >
          <bdi dir="ltr">−{clockText(ms)}</bdi>
        </span>
      ))}
      <span style={placeStyle({ from: 1, to: 1 })} data-mark="now">
        {text(running ? texts.stripNow : texts.stripEnd)}
      </span>
    </div>
  );
});

/** The gaps of a session as its strip shows them. They change when the window does, not each second. */
const useGaps = ({ window, state }: Session, scaleMs: number): readonly JoinedGap[] =>
  useMemo(() => {
    const { gaps } = layoutStrip({ window, running: state === "active", nowMs: window?.toMs ?? 0, scaleMs });
    return joinGaps(
      gaps.map(({ gap }) => gap),
      scaleMs * NEAR,
    );
  }, [window, state, scaleMs]);

/** The strip. It moves once a second; its name tells the same to who cannot see it. */
export const BufferStrip = (props: BufferStripProps): ReactElement => {
  const { session, control, marks = NO_MARKS, onMoment, onTrim, playhead, className = "" } = props;
  const steady = useSteady({
    onMoment: (atMs: number) => onMoment?.(atMs),
    onTrim: (range: ChosenRange) => onTrim?.(range),
  });
  const plain = control === undefined && onMoment === undefined;
  const scaleMs = props.scaleMs ?? (plain ? TEN_MINUTES_MS : scaleOf(session.window));
  const { reachMs = control?.reachMs, reachActive = control?.considering ?? false } = props;
  const running = session.state === "active";
  const gaps = useGaps(session, scaleMs);
  // Where the reel begins: it changes every ten minutes, so that places on it stay small numbers.
  const anchorMs = Math.floor((session.window?.fromMs ?? 0) / scaleMs) * scaleMs;
  const reel = useMemo(() => <Reel gaps={gaps} marks={marks} anchorMs={anchorMs} scaleMs={scaleMs} />, [gaps, marks, anchorMs, scaleMs]);
  // What a person has chosen counts more than what a press would take, unless they are about to press.
  const shownMs = control?.range !== undefined && !reachActive ? undefined : reachMs;
  return (
    <div
      className={`replay-strip ${className}`}
      data-running={running || undefined}
      data-plain={plain || undefined}
      data-seconds={scaleMs / 1000}
    >
      <Film session={session} scaleMs={scaleMs} anchorMs={anchorMs} reachMs={shownMs} reachActive={reachActive}>
        {reel}
      </Film>
      <Ruler scaleMs={scaleMs} running={running} />
      {plain ? (
        <Gaps gaps={gaps} />
      ) : (
        <Suspense fallback={<Gaps gaps={gaps} />}>
          <Chooser
            session={session}
            scaleMs={scaleMs}
            gaps={gaps}
            marks={marks}
            control={control?.settings}
            onMoment={onMoment && steady.onMoment}
            onTrim={onTrim && steady.onTrim}
            playhead={playhead}
          />
        </Suspense>
      )}
    </div>
  );
};
