/** What is chosen, in words and numbers, and what can be done with it. */
import type { BufferWindow, Quota } from "@livekit-replay/contract";
import { useEffect, useRef, type KeyboardEvent, type ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { useMe } from "../me/use-me.js";
import { Glyph } from "../player/glyph.js";
import { useText } from "../provider/context.js";
import { clockText, sizeText } from "../texts/amounts.js";
import { texts, type ReplayText } from "../texts/english.js";
import { joinGaps, type JoinedGap, type Span } from "./layout.js";
import { bytesOf, missingIn, type Edge } from "./range.js";
import { gapLength, momentText, percentText, reasonText, type StripEnd } from "./words.js";

/** The range, what it costs, and what happens at its buttons. */
export interface RangeBarProps {
  readonly range: Span;
  readonly window: BufferWindow | null;
  readonly gaps: readonly JoinedGap[];
  readonly end: StripEnd;
  readonly busy: boolean;
  readonly onStep: (edge: Edge, byMs: number) => void;
  readonly onKeep: () => void;
  readonly onClear: () => void;
  readonly onMoment: ((atMs: number) => void) | undefined;
  readonly onTrim: (() => void) | undefined;
}

const STEP_MS = 1000;

const steps: Readonly<Record<Edge, { readonly name: ReplayText; readonly earlier: ReplayText; readonly later: ReplayText }>> = {
  from: { name: texts.stripFrom, earlier: texts.stripFromEarlier, later: texts.stripFromLater },
  to: { name: texts.stripTo, earlier: texts.stripToEarlier, later: texts.stripToLater },
};

interface EndProps {
  readonly edge: Edge;
  readonly moment: string;
  readonly onStep: RangeBarProps["onStep"];
}

/** One end of the range, and a second earlier or later: what handles are too coarse for. */
const End = ({ edge, moment, onStep }: EndProps): ReactElement => {
  const text = useText();
  const { name, earlier, later } = steps[edge];
  return (
    <div className="replay-range-end">
      <span className="replay-range-name">{text(name)}</span>
      <Button className="replay-step" aria-label={text(earlier)} onPress={() => onStep(edge, -STEP_MS)}>
        <Glyph name="chevronLeft" />
      </Button>
      <output>{moment}</output>
      <Button className="replay-step" aria-label={text(later)} onPress={() => onStep(edge, STEP_MS)}>
        <Glyph name="chevronRight" />
      </Button>
    </div>
  );
};

/** What is left of a quota. */
const leftOf = ({ limitBytes, usedBytes, reservedBytes }: Quota): number => Math.max(0, limitBytes - usedBytes - reservedBytes);

const Facts = ({ range, window, gaps }: Pick<RangeBarProps, "range" | "window" | "gaps">): ReactElement => {
  const text = useText();
  const quota = useMe().data?.quota;
  const sizeBytes = window === null ? 0 : bytesOf(window, range);
  const size = sizeText(sizeBytes);
  const missing = joinGaps(window?.gaps ?? [], 0).filter((gap) => missingIn([gap], range) > 0);
  const missingMs = missingIn(window?.gaps ?? gaps, range);
  const fits = quota === undefined || sizeBytes <= leftOf(quota);
  return (
    <div className="replay-range-facts">
      <p>
        <strong>{clockText(range.toMs - range.fromMs)}</strong> {text(texts.stripSize, { size })}
      </p>
      {quota !== undefined && quota.limitBytes > 0 && fits && (
        <p>{text(texts.stripShare, { percent: percentText(sizeBytes / quota.limitBytes) })}</p>
      )}
      {missingMs >= 1000 && (
        <p>
          {text(texts.stripMissing, {
            length: gapLength({ missingMs }),
            reason: reasonText(text, { reasons: [...new Set(missing.flatMap(({ reasons }) => reasons))] }),
          })}
        </p>
      )}
      {!fits && quota !== undefined && (
        <p className="replay-range-full" role="alert">
          {text(texts.stripTooBig, { size, left: sizeText(leftOf(quota)) })}
        </p>
      )}
    </div>
  );
};

/** The bar below a strip on which something is chosen. Escape chooses nothing. */
export const RangeBar = (props: RangeBarProps): ReactElement => {
  const { range, end, busy, onStep, onKeep, onClear, onMoment, onTrim } = props;
  const text = useText();
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // It has just come, maybe below what can be seen. Some browsers answer a promise, which an effect must not.
    void bar.current?.scrollIntoView({ block: "nearest" });
  }, []);
  const onKeyDownCapture = (event: KeyboardEvent): void => {
    if (event.key === "Escape") onClear();
  };
  return (
    <div ref={bar} className="replay-range" role="group" aria-label={text(texts.stripBar)} onKeyDownCapture={onKeyDownCapture}>
      <div className="replay-range-ends">
        <End edge="from" moment={momentText(text, range.fromMs, end)} onStep={onStep} />
        <End edge="to" moment={momentText(text, range.toMs, end)} onStep={onStep} />
      </div>
      <Facts {...props} />
      <div className="replay-range-buttons">
        <Button className="replay-control" aria-label={text(texts.stripClear)} onPress={onClear}>
          <Glyph name="close" />
        </Button>
        {onMoment !== undefined && (
          <Button className="replay-button" onPress={() => onMoment(range.fromMs)}>
            {text(texts.stripWatch)}
          </Button>
        )}
        {onTrim !== undefined && (
          <Button className="replay-button" onPress={onTrim}>
            {text(texts.stripTrim)}
          </Button>
        )}
        <Button className="replay-button replay-button-strong replay-range-keep" isPending={busy} onPress={onKeep}>
          {text(busy ? texts.stripKeeping : texts.stripKeep, { length: clockText(range.toMs - range.fromMs) })}
        </Button>
      </div>
    </div>
  );
};
