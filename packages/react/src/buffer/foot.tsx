/** What stands below a strip: how to choose, or what is chosen and what can be done with it, and the list of what is on the strip. */
import type { ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { useReplay, useText } from "../provider/context.js";
import { useValue } from "../store/value.js";
import { texts } from "../texts/english.js";
import { RangeBar } from "./bar.js";
import type { ChooserProps } from "./chooser.js";
import { Details } from "./details.js";
import type { Span, StripLayout } from "./layout.js";
import { moveEdge, rangeBetween } from "./range.js";
import type { RangeFocus, RangeOnStrip } from "./use-range.js";
import type { StripEnd } from "./words.js";

/** The strip's own, and the range on it. */
export interface FootProps extends Omit<ChooserProps, "playhead" | "scaleMs"> {
  readonly layout: StripLayout;
  readonly end: StripEnd;
  readonly on: RangeOnStrip;
  readonly focus: RangeFocus;
}

/** What is chosen first by keyboard. */
const FIRST_MS = 30_000;

/** While nothing is chosen: how to choose. */
const Invitation = ({ onBegin, buttonRef }: { readonly onBegin: () => void; readonly buttonRef: RangeFocus["begin"] }): ReactElement => {
  const text = useText();
  return (
    <p className="replay-strip-invitation">
      <Button ref={buttonRef} className="replay-link" onPress={onBegin}>
        {text(texts.stripChoose)}
      </Button>
      <span>{text(texts.stripHow)}</span>
    </p>
  );
};

const Bar = ({ range, span, ...props }: FootProps & { readonly range: Span; readonly span: Span }): ReactElement | null => {
  const { session, gaps, control, onMoment, onTrim, end, on } = props;
  const captures = useValue(useReplay().captures.value);
  if (control === undefined) return null;
  const keeping = captures.some(
    (one) => one.sessionId === session.id && one.range !== undefined && one.range === control.range && one.state.is === "keeping",
  );
  const keep = (): void => {
    // What is kept is what is chosen: the part that the buffer has lost is chosen no longer.
    control.chooseRange(range);
    control.captureRange(range);
  };
  return (
    <RangeBar
      range={range}
      window={session.window}
      gaps={gaps}
      end={end}
      busy={keeping}
      onStep={(edge, byMs) => on.choose(moveEdge(span, range, edge, (edge === "from" ? range.fromMs : range.toMs) + byMs))}
      onKeep={keep}
      onClear={() => on.choose(undefined)}
      onMoment={onMoment}
      onTrim={onTrim === undefined ? undefined : () => onTrim(range)}
    />
  );
};

/** Below the ruler. */
export const Foot = (props: FootProps): ReactElement => {
  const { gaps, marks, control, layout, end, on, focus } = props;
  const { span } = layout;
  const canChoose = control !== undefined && !control.disabled && span !== undefined;
  const begin = (): void => {
    if (span === undefined) return;
    on.choose(rangeBetween(span, span.toMs - FIRST_MS, span.toMs));
    focus.move("from");
  };
  return (
    <div className="replay-strip-foot" {...focus.inside}>
      {canChoose && on.range === undefined && <Invitation onBegin={begin} buttonRef={focus.begin} />}
      {canChoose && on.range !== undefined && <Bar {...props} range={on.range} span={span} />}
      <Details gaps={gaps} marks={marks} end={end} />
      <p className="replay-strip-said" role="status">
        {on.said}
      </p>
    </div>
  );
};
