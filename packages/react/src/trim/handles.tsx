/** What is moved on the film: the two ends of the part and the playhead. By pointer on React Aria's sliders; by keyboard frame by frame. */
import { useRef, type ReactElement, type ReactNode, type RefObject } from "react";
import { mergeProps } from "react-aria/mergeProps";
import { useFocusRing } from "react-aria/useFocusRing";
import { useSlider, useSliderThumb } from "react-aria/useSlider";
import { VisuallyHidden } from "react-aria/VisuallyHidden";
import { useSliderState, type SliderState } from "react-stately/useSliderState";
import { useText } from "../provider/context.js";
import { texts } from "../texts/english.js";
import { roomOf, type End } from "./part.js";
import type { Active } from "./store.js";
import type { Trim } from "./use-trim.js";
import { instantWords } from "./words.js";

/** React Aria's slider asks for one; nothing is said with it. */
const numbers = new Intl.NumberFormat("en");
const ENDS = ["start", "end"] as const;

interface ThumbProps {
  readonly trim: Trim;
  readonly what: Active;
  readonly label: string;
  readonly index: number;
  readonly state: SliderState;
  readonly surface: RefObject<HTMLElement | null>;
  readonly ms: number;
  readonly room: { readonly fromMs: number; readonly toMs: number };
  readonly onMs: (ms: number) => void;
  readonly autoFocus?: boolean;
  readonly children?: ReactNode;
}

/** Where an instant lies on the film, from 0 to 1. */
const shareOf = ({ view }: Trim, ms: number): number => Math.min(1, Math.max(0, (ms - view.fromMs) / Math.max(1, view.toMs - view.fromMs)));

const Thumb = ({ trim, what, label, index, state, surface, ms, room, onMs, autoFocus = false, children }: ThumbProps): ReactElement => {
  const input = useRef<HTMLInputElement>(null);
  const { store, source, view } = trim;
  const { thumbProps, inputProps, isDragging } = useSliderThumb({ index, trackRef: surface, inputRef: input, "aria-label": label }, state);
  const { focusProps, isFocusVisible } = useFocusRing();
  const own = (at: number): number => Math.round(at - view.fromMs);
  return (
    <div
      {...thumbProps}
      className="replay-trim-thumb"
      data-what={what}
      data-active={trim.state.active === what || undefined}
      data-dragging={isDragging || undefined}
      data-focus-visible={isFocusVisible || undefined}
      style={{ "--replay-at": shareOf(trim, ms), touchAction: "none" }}
    >
      <VisuallyHidden>
        <input
          {...mergeProps(inputProps, focusProps, { onFocus: () => store.activate(what) })}
          ref={input}
          type="range"
          min={own(room.fromMs)}
          max={Math.max(own(room.fromMs), own(room.toMs))}
          step={1}
          value={own(ms)}
          aria-valuetext={instantWords(source, ms)}
          aria-keyshortcuts="ArrowLeft ArrowRight , ."
          data-autofocus={autoFocus || undefined}
          onChange={(event) => onMs(view.fromMs + Number(event.target.value))}
        />
      </VisuallyHidden>
      {children}
    </div>
  );
};

/** The handles at the ends of the part. */
export const Handles = ({ trim, surface }: { readonly trim: Trim; readonly surface: RefObject<HTMLElement | null> }): ReactElement => {
  const text = useText();
  const { state, store, view } = trim;
  const { part, bounds } = state;
  const lengthMs = Math.max(1, Math.ceil(view.toMs - view.fromMs));
  const drag = (end: End, ms: number): void => store.drag(end, ms);
  const options = {
    "aria-label": text(texts.trimFilm),
    value: [part.start.ms - view.fromMs, part.end.ms - view.fromMs],
    minValue: 0,
    maxValue: lengthMs,
    step: 1,
    onChange: ([start = 0, end = 0]: number[]) => {
      // Values that stand on frames are no whole ms: the one that differs by more is the one that was moved.
      const [byStart, byEnd] = [start - (part.start.ms - view.fromMs), end - (part.end.ms - view.fromMs)];
      if (Math.abs(byStart) >= Math.abs(byEnd)) drag("start", view.fromMs + start);
      else drag("end", view.fromMs + end);
    },
  };
  const slider = useSliderState<number[]>({ ...options, numberFormatter: numbers });
  const { groupProps } = useSlider(options, slider, surface);
  return (
    <div {...groupProps} className="replay-trim-handles">
      {ENDS.map((end, index) => (
        <Thumb
          key={end}
          trim={trim}
          what={end}
          label={text(end === "start" ? texts.trimStart : texts.trimEnd)}
          index={index}
          state={slider}
          surface={surface}
          ms={part[end].ms}
          room={roomOf(part, bounds, end)}
          onMs={(ms) => drag(end, ms)}
          autoFocus={end === "start"}
        >
          <span className="replay-trim-grip" aria-hidden="true" />
        </Thumb>
      ))}
    </div>
  );
};

/** The playhead. A press anywhere on the film brings it there. */
export const Playhead = ({ trim, surface }: { readonly trim: Trim; readonly surface: RefObject<HTMLElement | null> }): ReactElement => {
  const text = useText();
  const { state, store, view } = trim;
  const { bounds, playheadMs, active, part } = state;
  const shownMs = active === "playhead" ? playheadMs : active === "start" ? part.start.ms : (part.end.frame?.atMs ?? part.end.ms);
  const options = {
    "aria-label": text(texts.trimFilm),
    value: [shownMs - view.fromMs],
    minValue: 0,
    maxValue: Math.max(1, Math.ceil(view.toMs - view.fromMs)),
    step: 1,
    onChange: ([at = 0]: number[]) => store.seek(view.fromMs + at),
  };
  const slider = useSliderState<number[]>({ ...options, numberFormatter: numbers });
  const { groupProps, trackProps } = useSlider(options, slider, surface);
  return (
    <div {...groupProps} className="replay-trim-playheads">
      <div {...trackProps} className="replay-trim-surface" style={{ touchAction: "none" }} />
      <Thumb
        trim={trim}
        what="playhead"
        label={text(texts.trimPlayhead)}
        index={0}
        state={slider}
        surface={surface}
        ms={shownMs}
        room={bounds}
        onMs={(ms) => store.seek(ms)}
      />
    </div>
  );
};
