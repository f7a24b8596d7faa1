/** The buffer strip: what is kept at this moment, second by second, with its gaps, and how far back a capture would reach. */
import type { Session } from "@livekit-replay/contract";
import type { CSSProperties, ReactElement } from "react";
import { useText } from "../provider/context.js";
import { clockText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";
import { reasonOf } from "../texts/outcome.js";
import { layoutStrip, reachOf, type Stretch, type StripLayout } from "./layout.js";
import { useNow } from "./use-now.js";

/** Which session, and which length is being considered. */
export interface BufferStripProps {
  readonly session: Session;
  /** The reach to show, in ms; nothing is marked without. */
  readonly reachMs?: number;
  /** The person is about to take this reach: it is shown more strongly. */
  readonly reachActive?: boolean;
  /** Length of the strip, in ms. Default: ten minutes. */
  readonly scaleMs?: number;
  readonly className?: string;
}

const TEN_MINUTES_MS = 600_000;
const MARKS_MS = [60_000, 120_000, 300_000, 600_000];

const place = ({ from, to }: Stretch): CSSProperties => ({ "--replay-from": from, "--replay-to": to });

const Gaps = ({ layout }: { readonly layout: StripLayout }): ReactElement | null => {
  const text = useText();
  if (layout.gaps.length === 0) return null;
  const gaps = layout.gaps.map((stretch) => stretch.gap);
  const missingMs = gaps.reduce((sum, gap) => sum + gap.toMs - gap.fromMs, 0);
  return (
    <p className="replay-strip-gaps">
      {text(texts.stripGaps, { length: clockText(Math.max(1000, missingMs)), reason: text(reasonOf(gaps)) })}
    </p>
  );
};

const Ruler = ({ scaleMs, running }: { readonly scaleMs: number; readonly running: boolean }): ReactElement => {
  const text = useText();
  return (
    <div className="replay-ruler" aria-hidden="true">
      {MARKS_MS.filter((ms) => ms <= scaleMs).map((ms) => (
        <span key={ms} style={place({ from: 1 - ms / scaleMs, to: 1 })} data-mark={ms / 60_000}>
          −{clockText(ms)}
        </span>
      ))}
      <span style={place({ from: 1, to: 1 })} data-mark="now">
        {text(running ? texts.stripNow : texts.stripEnd)}
      </span>
    </div>
  );
};

/** The strip. It moves once a second; its name tells the same to who cannot see it. */
export const BufferStrip = ({
  session,
  reachMs,
  reachActive = false,
  scaleMs = TEN_MINUTES_MS,
  className = "",
}: BufferStripProps): ReactElement => {
  const text = useText();
  const nowMs = useNow();
  const running = session.state === "active";
  const layout = layoutStrip({ window: session.window, running, nowMs, scaleMs });
  const reach = reachMs === undefined ? undefined : reachOf(layout, reachMs, scaleMs);
  const label = layout.kept === undefined ? text(texts.stripEmpty) : text(texts.stripLabel, { kept: clockText(layout.keptMs) });
  return (
    <div className={`replay-strip ${className}`} data-running={running || undefined}>
      <div className="replay-strip-film" role="img" aria-label={label}>
        {reach !== undefined && <span className="replay-strip-asked" style={place(reach.asked)} data-active={reachActive || undefined} />}
        {layout.kept !== undefined && <span className="replay-strip-kept" style={place(layout.kept)} />}
        {reach !== undefined && layout.kept !== undefined && (
          <span className="replay-strip-reach" style={place(reach.got)} data-active={reachActive || undefined} />
        )}
        {layout.gaps.map((stretch) => (
          <span
            key={`${stretch.gap.fromMs}`}
            className="replay-strip-gap"
            style={place(stretch)}
            title={text(texts.stripGap, {
              length: clockText(Math.max(1000, stretch.gap.toMs - stretch.gap.fromMs)),
              ago: clockText(layout.endMs - stretch.gap.toMs),
              reason: text(texts[`gap_${stretch.gap.reason}`]),
            })}
          />
        ))}
      </div>
      <Ruler scaleMs={scaleMs} running={running} />
      <Gaps layout={layout} />
    </div>
  );
};
