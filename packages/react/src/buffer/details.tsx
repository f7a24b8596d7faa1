/** What a strip shows by colour and hatching, as a list: gaps with their reasons, and clips that were made. For every way of reading. */
import type { ReactElement } from "react";
import { useText } from "../provider/context.js";
import { clockText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";
import type { JoinedGap } from "./layout.js";
import type { StripMark } from "./marks.js";
import { gapLength, momentText, reasonText, type StripEnd } from "./words.js";

/** What is listed. */
export interface DetailsProps {
  readonly gaps: readonly JoinedGap[];
  readonly marks: readonly StripMark[];
  readonly end: StripEnd;
}

/** More lines than this are no help. */
const MOST = 12;

interface Line {
  readonly key: string;
  readonly toMs: number;
  readonly look: "gap" | "rest" | "mark";
  readonly words: string;
}

/** A gap that somebody wanted looks calmer than a loss. */
const lookOf = (reasons: JoinedGap["reasons"]): Line["look"] =>
  reasons.every((reason) => reason === "pause" || reason === "forgotten") ? "rest" : "gap";

/** One line for each, newest first, behind one line that says how much there is; nothing where there is nothing. */
export const Details = ({ gaps, marks, end }: DetailsProps): ReactElement | null => {
  const text = useText();
  if (gaps.length === 0 && marks.length === 0) return null;
  const missingMs = gaps.reduce((sum, gap) => sum + gap.missingMs, 0);
  const reasons = [...new Set(gaps.flatMap((gap) => gap.reasons))];
  const reason = reasonText(text, { reasons });
  const lines: Line[] = [
    ...gaps.map((gap): Line => {
      const words = text(texts.stripMissing, { length: gapLength(gap), reason: reasonText(text, gap) });
      return { key: `gap-${gap.fromMs}`, toMs: gap.toMs, look: lookOf(gap.reasons), words };
    }),
    ...marks.map(({ key, toMs, by, durationMs }): Line => {
      const length = clockText(durationMs);
      const words = by === undefined ? text(texts.stripMarkMine, { length }) : text(texts.stripMark, { person: by, length });
      return { key, toMs, look: "mark", words };
    }),
  ].toSorted((a, b) => b.toMs - a.toMs);
  return (
    <details className="replay-strip-details">
      <summary>
        {gaps.length > 0 && <span data-look={lookOf(reasons)}>{text(texts.stripGaps, { length: gapLength({ missingMs }), reason })}</span>}
        {marks.length > 0 && (
          <span data-look="mark">{text(marks.length === 1 ? texts.stripClip : texts.stripClips, { count: marks.length })}</span>
        )}
      </summary>
      <ul>
        {lines.slice(0, MOST).map(({ key, toMs, look, words }) => (
          <li key={key} data-look={look}>
            <span>{momentText(text, toMs, end)}</span> {words}
          </li>
        ))}
      </ul>
      {lines.length > MOST && <p>{text(texts.stripMore, { count: lines.length - MOST })}</p>}
    </details>
  );
};
