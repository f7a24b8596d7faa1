/** Choosing on a strip with a pointer: a press that moves chooses a range, one that does not means a moment. */
import { useEffect, useEffectEvent, useRef, useState, type PointerEvent, type RefObject } from "react";
import { instantAt, type Span, type StripLayout } from "./layout.js";
import { rangeBetween } from "./range.js";

/** What choosing works with. */
export interface ChoiceOptions {
  readonly surface: RefObject<HTMLElement | null>;
  readonly layout: StripLayout;
  /** A range can be chosen, of at most so much; undefined: moments only. */
  readonly mostMs: number | undefined;
  readonly onRange: (range: Span) => void;
  readonly onMoment: (atMs: number) => void;
}

/** What a pointer does on the strip at this moment. */
export interface Choice {
  /** The range that is being drawn. */
  readonly draft: Span | undefined;
  /** The instant below the pointer. */
  readonly atMs: number | undefined;
  /** For the surface. */
  readonly handlers: {
    readonly onPointerDown: (event: PointerEvent) => void;
    readonly onPointerMove: (event: PointerEvent) => void;
    readonly onPointerUp: (event: PointerEvent) => void;
    readonly onPointerCancel: () => void;
    readonly onPointerLeave: (event: PointerEvent) => void;
  };
}

/** So far a pointer moves before it is a drag, in CSS pixels: a finger is less still than a mouse. */
const DRAG_PX = { mouse: 4, touch: 10 } as const;
/** How long what a finger has tapped on is shown. */
const TAPPED_MS = 3000;

interface Begun {
  readonly pointerId: number;
  readonly x: number;
  readonly atMs: number;
  /** It has gone so far that it is no click any more. */
  readonly drags: boolean;
}

/** Text direction of an element: which way time runs on it. */
export const isRtl = (element: Element | null): boolean => element !== null && getComputedStyle(element).direction === "rtl";

const shareOf = (surface: HTMLElement, clientX: number): number => {
  const { left, width } = surface.getBoundingClientRect();
  const share = width > 0 ? (clientX - left) / width : 0;
  return Math.min(1, Math.max(0, isRtl(surface) ? 1 - share : share));
};

/** Shows what a finger has tapped on for a while, as nothing hovers there. */
const useTapped = (clear: () => void): (() => void) => {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(clear, TAPPED_MS);
  };
};

/** Hears Escape, wherever the focus is, while something is being drawn. */
const useEscape = (drawing: boolean, giveUp: () => void): void => {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key === "Escape") giveUp();
  });
  useEffect(() => {
    if (!drawing) return undefined;
    const listen = (event: KeyboardEvent): void => onKey(event);
    globalThis.addEventListener("keydown", listen);
    return () => globalThis.removeEventListener("keydown", listen);
  }, [drawing]);
};

/** Follows a pointer on the strip. Escape gives up what is being drawn. */
export const useChoice = ({ surface, layout, mostMs, onRange, onMoment }: ChoiceOptions): Choice => {
  // A place, not an instant: the strip moves on below a pointer that rests.
  const [place, setPlace] = useState<number | undefined>(undefined);
  const [draft, setDraft] = useState<Span | undefined>(undefined);
  const begun = useRef<Begun | undefined>(undefined);
  const clearSoon = useTapped(() => setPlace(undefined));
  const placeOf = (event: PointerEvent): number => (surface.current === null ? 1 : shareOf(surface.current, event.clientX));
  const instantOf = (event: PointerEvent): number => instantAt(layout, placeOf(event));
  const giveUp = (): void => {
    begun.current = undefined;
    setDraft(undefined);
  };
  const drawing = draft !== undefined;
  useEscape(drawing, giveUp);
  const rangeTo = ({ atMs: from }: Begun, to: number): Span | undefined =>
    mostMs === undefined || layout.span === undefined
      ? undefined
      : rangeBetween(layout.span, from, Math.min(from + mostMs, Math.max(from - mostMs, to)));
  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0 || !event.isPrimary) return;
    begun.current = { pointerId: event.pointerId, x: event.clientX, atMs: instantOf(event), drags: false };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent): void => {
    const share = placeOf(event);
    setPlace(share);
    const from = begun.current;
    if (from === undefined || from.pointerId !== event.pointerId) return;
    const far = event.pointerType === "touch" ? DRAG_PX.touch : DRAG_PX.mouse;
    if (!from.drags && Math.abs(event.clientX - from.x) < far) return;
    begun.current = { ...from, drags: true };
    setDraft(rangeTo(from, instantAt(layout, share)));
  };
  const onPointerUp = (event: PointerEvent): void => {
    const from = begun.current;
    if (from === undefined || from.pointerId !== event.pointerId) return;
    // By this event and not by what was drawn last: that may be a frame behind.
    const range = from.drags ? rangeTo(from, instantOf(event)) : undefined;
    if (range !== undefined) onRange(range);
    else if (!from.drags) onMoment(from.atMs);
    giveUp();
    if (event.pointerType === "touch") clearSoon();
  };
  const onPointerCancel = (): void => {
    giveUp();
    setPlace(undefined);
  };
  const onPointerLeave = (event: PointerEvent): void => {
    if (event.pointerType !== "touch") setPlace(undefined);
  };
  const atMs = place === undefined ? undefined : instantAt(layout, place);
  return { draft, atMs, handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel, onPointerLeave } };
};
