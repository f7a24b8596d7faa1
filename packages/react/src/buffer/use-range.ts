/** The range that is chosen on a strip, what is said of it, and where the focus goes when it comes and goes. */
import { useCallback, useEffect, useRef, useState } from "react";
import type { CaptureSettings } from "../capture/use-capture.js";
import { useText } from "../provider/context.js";
import { texts } from "../texts/english.js";
import type { Span, StripLayout } from "./layout.js";
import { cutRange, type Edge } from "./range.js";
import { rangeText, type StripEnd } from "./words.js";

/** A range that is being moved is said when it has come to rest. */
const REST_MS = 700;

/** Says something to who listens to the page, once nothing else was to be said for a moment. */
const useSaid = (): readonly [string, (words: string) => void] => {
  const [said, setSaid] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const say = (words: string): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSaid(words), REST_MS);
  };
  return [said, say];
};

/** A range on a strip. */
export interface RangeOnStrip {
  /** What is chosen, as far as the buffer still has it. */
  readonly range: Span | undefined;
  readonly choose: (next: Span | undefined) => void;
  /** Where the strip ended when the range was last changed. */
  readonly toldEnd: StripEnd;
  /** For who listens. */
  readonly said: string;
}

/** The control's range. It is cut with the buffer; what has left the buffer altogether is chosen no longer. */
export const useRange = (control: CaptureSettings | undefined, layout: StripLayout, end: StripEnd): RangeOnStrip => {
  const text = useText();
  const [said, say] = useSaid();
  const chosen = control?.range;
  const range = chosen === undefined ? undefined : cutRange(layout.span, chosen);
  const [told, setTold] = useState<{ readonly range: Span | undefined; readonly end: StripEnd }>({ range: undefined, end });
  if (told.range !== chosen) setTold({ range: chosen, end });
  const chooseRange = control?.chooseRange;
  const choose = (next: Span | undefined): void => {
    chooseRange?.(next);
    say(next === undefined ? text(texts.stripNothing) : rangeText(text, next, end));
  };
  const gone = chosen !== undefined && range === undefined;
  useEffect(() => {
    if (gone) chooseRange?.(undefined);
  }, [gone, chooseRange]);
  return { range, choose, toldEnd: told.end, said };
};

/** Where the focus goes. */
export interface RangeFocus {
  /** The handle that shall have it; `onFocused` when it has. */
  readonly on: Edge | undefined;
  readonly move: (edge: Edge) => void;
  readonly onFocused: () => void;
  /** The button that begins a range: it has the focus when the range that had it is gone. */
  readonly begin: (button: HTMLButtonElement | null) => void;
  /** For what stands around the range's handles, and around its buttons. */
  readonly inside: { readonly onFocus: () => void; readonly onBlur: () => void };
}

/** To a handle of a new range, and back to where a range is begun. */
export const useRangeFocus = (chosen: boolean): RangeFocus => {
  const [on, move] = useState<Edge | undefined>(undefined);
  const onFocused = useCallback(() => move(undefined), []);
  const button = useRef<HTMLButtonElement>(null);
  const begin = useCallback((element: HTMLButtonElement | null) => {
    button.current = element;
  }, []);
  const wasInside = useRef(false);
  useEffect(() => {
    if (chosen) return;
    if (wasInside.current) button.current?.focus({ preventScroll: true });
    wasInside.current = false;
  }, [chosen]);
  const inside = {
    onFocus: (): void => {
      wasInside.current = true;
    },
    onBlur: (): void => {
      wasInside.current = false;
    },
  };
  return { on, move, onFocused, begin, inside };
};
