/** What was to be seen at a moment of the strip: its picture and when it was, above the strip. */
import { useEffect, useRef, type ReactElement } from "react";
import { useText } from "../provider/context.js";
import { clockText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";
import { drawPicture } from "./draw.js";
import { gapAt, placeOf, type JoinedGap, type Span, type StripLayout } from "./layout.js";
import { markAt, type StripMark } from "./marks.js";
import { PICTURE_REACH_MS, pictureAt, type Picture } from "./pictures.js";
import { gapLength, momentText, reasonText } from "./words.js";

/** Which moment, of what. */
export interface PreviewProps {
  readonly atMs: number;
  readonly layout: StripLayout;
  readonly running: boolean;
  readonly gaps: readonly JoinedGap[];
  readonly marks: readonly StripMark[];
  readonly pictures: readonly Picture[];
  /** The range that is being drawn: its length is said too. */
  readonly draft: Span | undefined;
}

const Shown = ({ picture }: { readonly picture: Picture }): ReactElement => {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = picture;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (context) drawPicture(context, picture, { x: 0, y: 0, width, height });
  }, [picture, width, height]);
  return <canvas ref={canvas} width={width} height={height} />;
};

/** The bubble. It tells nothing that the handles and the list below the strip do not tell as well. */
export const Preview = ({ atMs, layout, running, gaps, marks, pictures, draft }: PreviewProps): ReactElement | null => {
  const text = useText();
  const { span, endMs } = layout;
  if (span === undefined) return null;
  const gap = gapAt(gaps, atMs);
  const kept = atMs >= span.fromMs && atMs <= span.toMs;
  const picture = kept && gap === undefined ? pictureAt(pictures, atMs, PICTURE_REACH_MS) : undefined;
  const mark = kept && draft === undefined ? markAt(marks, atMs) : undefined;
  return (
    <div className="replay-preview" aria-hidden="true" style={{ "--replay-at": Math.min(1, Math.max(0, placeOf(layout, atMs))) }}>
      {picture !== undefined && <Shown picture={picture} />}
      <p>
        <strong>{momentText(text, atMs, { endMs, running })}</strong>
        {draft !== undefined && <span>{text(texts.stripLong, { length: clockText(draft.toMs - draft.fromMs) })}</span>}
        {gap !== undefined && <span>{text(texts.stripMissing, { length: gapLength(gap), reason: reasonText(text, gap) })}</span>}
        {gap === undefined && !kept && <span>{text(texts.stripNotKept)}</span>}
        {mark !== undefined && (
          <span>
            {mark.by === undefined
              ? text(texts.stripMarkMine, { length: clockText(mark.durationMs) })
              : text(texts.stripMark, { person: mark.by, length: clockText(mark.durationMs) })}
          </span>
        )}
      </p>
    </div>
  );
};
