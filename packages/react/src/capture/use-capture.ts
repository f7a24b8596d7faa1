/** Capturing one session, for a component: the length, the reach that is being considered, and what was made of the presses. */
import { localNow } from "@livekit-replay/client";
import type { Channel, Session } from "@livekit-replay/contract";
import { useState } from "react";
import { useSteadyMe } from "../me/use-me.js";
import { useReplay } from "../provider/context.js";
import { useSame, useSteady } from "../store/steady.js";
import { useValue } from "../store/value.js";
import { channelsFor, destinationOf } from "./destination.js";
import { MOST_MS } from "./lengths.js";
import type { Capture, ChosenRange } from "./store.js";

/** What capture buttons need. Its functions stay the same for good. */
export interface CaptureControl extends CaptureSettings {
  /** Without what became of the presses: the same object until something of it changes. */
  readonly settings: CaptureSettings;
  /** A capture of this session is under way. Another one may begin meanwhile. */
  readonly busy: boolean;
  /** The presses on this session, newest first. */
  readonly captures: readonly Capture[];
}

/** What is set for the next press, and how to press. */
export interface CaptureSettings {
  /** The length of the next press on the big button, in ms. */
  readonly lengthMs: number;
  /** The longest that may be captured, in ms. */
  readonly mostMs: number;
  /** The length to show on the strip. */
  readonly reachMs: number;
  /** The person points at a length. */
  readonly considering: boolean;
  /** Nothing can be captured (yet, or any more, or not by this person). */
  readonly disabled: boolean;
  /** Keeps the last `lengthMs`. `pressedAtMs`: local time of the press. */
  readonly capture: (lengthMs: number, pressedAtMs?: number) => void;
  readonly consider: (lengthMs: number | undefined) => void;
  /** The part of the buffer that is chosen, in server wall time. */
  readonly range: ChosenRange | undefined;
  readonly chooseRange: (range: ChosenRange | undefined) => void;
  /** Keeps a part of the buffer. When it is kept it is no longer chosen. */
  readonly captureRange: (range: ChosenRange, options?: { readonly title?: string }) => void;
  /** The channel in which the next capture is posted besides the library; undefined: none. Remembered for the community. */
  readonly channelId: string | undefined;
  /** The channels that `sendTo` takes: those of the session's community in which the person may post. */
  readonly channels: readonly Channel[];
  /** The person has chosen a channel of this community before: no need to ask whether they mean it. */
  readonly hasChosen: boolean;
  readonly sendTo: (channelId: string | undefined) => void;
}

/** A second press so soon, for the same thing, is the same press: a double click, a key that bounces. */
const BOUNCE_MS = 400;

const isBounce = (last: Capture | undefined, requestedMs: number, pressedAtMs: number): boolean =>
  last?.state.is === "keeping" && last.requestedMs === requestedMs && Math.abs(pressedAtMs - last.pressedAtMs) < BOUNCE_MS;

type Presses = Pick<CaptureSettings, "capture" | "chooseRange" | "captureRange" | "sendTo">;
type Bounds = Pick<CaptureSettings, "mostMs" | "channelId" | "channels" | "hasChosen" | "sendTo">;

/** What the person's own rights and choices say of a capture: how long, and where it goes besides the library. */
const useBounds = (session: Session | undefined): Bounds => {
  const { captures } = useReplay();
  const me = useSteadyMe().data;
  const communityId = session?.communityId;
  const destination = destinationOf(useValue(captures.destinations.value), me, communityId);
  const sendTo = (channel: string | undefined): void => {
    if (me !== undefined && communityId !== undefined) captures.destinations.choose(me.userId, communityId, channel);
  };
  const mostMs = Math.min(MOST_MS, (me?.limits.captureMaxMinutes ?? Infinity) * 60_000);
  return { ...destination, channels: channelsFor(me, communityId), sendTo, mostMs };
};

/** How a capture of a session is controlled. `onCaptured` hears how each press came out. */
export const useCapture = (session: Session | undefined, onCaptured?: (capture: Capture) => void): CaptureControl => {
  const { captures: store } = useReplay();
  const all = useValue(store.value);
  const chosen = useValue(store.range);
  const bounds = useBounds(session);
  const { mostMs, channelId } = bounds;
  const lengthMs = Math.min(useValue(store.length), mostMs);
  const [considered, consider] = useState<number | undefined>(undefined);
  const captures = all.filter((one) => one.sessionId === session?.id);
  const disabled = session === undefined || !session.can.capture || (session.window === null && session.state === "ended");
  const range = chosen?.sessionId === session?.id ? chosen?.range : undefined;
  const press = (what: { readonly lengthMs: number; readonly range?: ChosenRange; readonly title?: string }, pressedAtMs: number): void => {
    if (session === undefined || disabled) return;
    // Asked of the store: what is rendered may be a moment behind.
    const last = store.value.get().find((one) => one.sessionId === session.id);
    if (isBounce(last, what.lengthMs, pressedAtMs)) return;
    const pressed = store.press({
      ...what,
      sessionId: session.id,
      sessionStartedAtMs: session.startedAtMs,
      pressedAtMs,
      buffer: session,
      ...(channelId === undefined ? {} : { channelId }),
    });
    void pressed.then((one) => {
      if (one.state.is === "kept" && one.range !== undefined && store.range.get()?.range === one.range) store.range.set(undefined);
      onCaptured?.(one);
    });
  };
  const steady = useSteady<Presses>({
    capture: (ms, pressedAtMs = localNow()) => press({ lengthMs: Math.min(ms, mostMs) }, pressedAtMs),
    chooseRange: (next) =>
      store.range.set(session === undefined || next === undefined ? undefined : { sessionId: session.id, range: next }),
    captureRange: (part, options = {}) => press({ ...options, lengthMs: part.toMs - part.fromMs, range: part }, localNow()),
    sendTo: bounds.sendTo,
  });
  const settings = useSame<CaptureSettings>({
    ...bounds,
    ...steady,
    lengthMs,
    reachMs: considered ?? lengthMs,
    considering: considered !== undefined,
    disabled,
    consider,
    range,
  });
  return { ...settings, settings, busy: captures.some((one) => one.state.is === "keeping"), captures };
};
