/** The two handles of a chosen range: by pointer, and by keyboard alone. */
import type { Session } from "@livekit-replay/contract";
import { useEffect, useRef, type KeyboardEvent, type ReactElement, type RefObject } from "react";
import { I18nProvider } from "react-aria/I18nProvider";
import { mergeProps } from "react-aria/mergeProps";
import { useFocusRing } from "react-aria/useFocusRing";
import { useSlider, useSliderThumb } from "react-aria/useSlider";
import { VisuallyHidden } from "react-aria/VisuallyHidden";
import { useSliderState, type SliderState } from "react-stately/useSliderState";
import { useText } from "../provider/context.js";
import { texts } from "../texts/english.js";
import { placeOf, type Span, type StripLayout } from "./layout.js";
import { keyTarget, LEAST_RANGE_MS, moveEdge, type Edge } from "./range.js";
import type { RangeFocus } from "./use-range.js";
import { momentText, type StripEnd } from "./words.js";

/** The range and the strip that it lies on. */
export interface HandlesProps {
  readonly session: Session;
  readonly surface: RefObject<HTMLElement | null>;
  readonly layout: StripLayout;
  readonly span: Span;
  readonly range: Span;
  readonly rtl: boolean;
  /** Where the strip ended when the range was chosen: what is said of a handle changes when it is moved, not each second. */
  readonly toldEnd: StripEnd;
  readonly focus: RangeFocus;
  readonly onRange: (range: Span) => void;
  readonly onClear: () => void;
  /** The handle that is moved, or has the focus by keyboard. */
  readonly onActive: (edge: Edge | undefined) => void;
}

const EDGES = ["from", "to"] as const;
const atOf = (range: Span, edge: Edge): number => (edge === "from" ? range.fromMs : range.toMs);
/** React Aria's slider asks for one; nothing is said with it. */
const numbers = new Intl.NumberFormat("en");

interface HandleProps extends HandlesProps {
  readonly edge: Edge;
  readonly state: SliderState;
}

/** The value for assistive technology: whole seconds since the session began, so that it stands still while time goes on. */
const secondsOf = (session: Session, atMs: number): number => Math.round((atMs - session.startedAtMs) / 1000);

const Handle = (props: HandleProps): ReactElement => {
  const { session, edge, state, surface, layout, span, range, toldEnd, focus, onRange, onActive } = props;
  const { on: focusOn, onFocused } = focus;
  const text = useText();
  const input = useRef<HTMLInputElement>(null);
  const index = EDGES.indexOf(edge);
  const label = text(edge === "from" ? texts.stripFrom : texts.stripTo);
  const { thumbProps, inputProps, isDragging } = useSliderThumb({ index, trackRef: surface, inputRef: input, "aria-label": label }, state);
  const { focusProps, isFocusVisible } = useFocusRing();
  const active = isDragging || isFocusVisible;
  useEffect(() => {
    if (!active) return undefined;
    onActive(edge);
    return () => onActive(undefined);
    // The callback is a setter: it stays the same.
  }, [active, edge, onActive]);
  useEffect(() => {
    if (focusOn !== edge) return;
    input.current?.focus({ preventScroll: true });
    onFocused();
  }, [focusOn, edge, onFocused]);
  const atMs = atOf(range, edge);
  const [leastMs, mostMs] = edge === "from" ? [span.fromMs, range.toMs - LEAST_RANGE_MS] : [range.fromMs + LEAST_RANGE_MS, span.toMs];
  return (
    <div
      {...thumbProps}
      className="replay-handle"
      data-edge={edge}
      data-dragging={isDragging || undefined}
      data-focus-visible={isFocusVisible || undefined}
      style={{ "--replay-at": placeOf(layout, atMs), touchAction: "none" }}
    >
      <VisuallyHidden>
        <input
          {...mergeProps(inputProps, focusProps)}
          ref={input}
          type="range"
          min={secondsOf(session, leastMs)}
          max={secondsOf(session, mostMs)}
          step={1}
          value={secondsOf(session, atMs)}
          aria-valuetext={momentText(text, atMs, toldEnd)}
          onChange={(event) => {
            const toMs = session.startedAtMs + Number(event.target.value) * 1000;
            onRange(moveEdge(span, range, edge, toMs));
          }}
        />
      </VisuallyHidden>
    </div>
  );
};

/** Both handles. Arrows move by a second, with Shift and by page by ten, Home and End as far as it goes; Escape chooses nothing. */
const Pair = (props: HandlesProps): ReactElement => {
  const { surface, layout, span, range, rtl, focus, onRange, onClear } = props;
  const text = useText();
  const name = text(texts.stripHandles);
  const options = {
    "aria-label": name,
    value: [range.fromMs, range.toMs],
    minValue: Math.floor(Math.min(layout.startMs, range.fromMs)),
    maxValue: Math.ceil(Math.max(layout.endMs, range.toMs)),
    step: 1,
    onChange: ([fromMs = range.fromMs, toMs = range.toMs]: number[]) =>
      onRange(fromMs === range.fromMs ? moveEdge(span, range, "to", toMs) : moveEdge(span, range, "from", fromMs)),
  };
  const state = useSliderState<number[]>({ ...options, numberFormatter: numbers });
  const { groupProps } = useSlider(options, state, surface);
  const onKeyDownCapture = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element)) return;
    const edge: Edge = event.target.closest("[data-edge=from]") === null ? "to" : "from";
    const toMs = keyTarget(event, atOf(range, edge), span, rtl);
    if (toMs === undefined && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (toMs === undefined) onClear();
    else onRange(moveEdge(span, range, edge, toMs));
  };
  return (
    <div {...groupProps} {...focus.inside} className="replay-handles" onKeyDownCapture={onKeyDownCapture}>
      {EDGES.map((edge) => (
        <Handle key={edge} {...props} edge={edge} state={state} />
      ))}
    </div>
  );
};

/** The handles, in the direction in which the strip is read: what counts is how it is laid out, not the browser's language. */
export const Handles = (props: HandlesProps): ReactElement => (
  <I18nProvider locale={props.rtl ? "ar" : "en"}>
    <Pair {...props} />
  </I18nProvider>
);
