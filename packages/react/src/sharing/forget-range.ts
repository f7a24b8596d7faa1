/** What of a buffer can be forgotten: all of it, the last minutes, or everything since a chosen moment. */
import type { Session } from "@livekit-replay/contract";

/** What is chosen; `last`: so many minutes; `since`: an instant of the server's time. */
export type ForgetChoice =
  | { readonly is: "all" }
  | { readonly is: "last"; readonly minutes: number }
  | { readonly is: "since"; readonly fromMs: number };

/** How many minutes are offered. */
const lastMinutes = [1, 2, 5] as const;

/** What is there to be forgotten, in wall time. */
export interface ForgetSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

type Of = Pick<Session, "state" | "window" | "pausedAtMs">;

/** The stretch that can be forgotten at this moment; undefined while nothing is kept. While it is recorded it reaches to now. */
export const forgetSpan = ({ state, window, pausedAtMs }: Of, nowMs: number): ForgetSpan | undefined => {
  if (window === null) return undefined;
  const running = state === "active" && pausedAtMs === null;
  return { fromMs: window.fromMs, toMs: running ? Math.max(window.toMs, nowMs) : window.toMs };
};

/** Minutes that are worth offering: shorter than what is there. */
export const offeredMinutes = ({ fromMs, toMs }: ForgetSpan): number[] => lastMinutes.filter((minutes) => minutes * 60_000 < toMs - fromMs);

/** The stretch that a choice means at this moment. */
export const chosenSpan = (choice: ForgetChoice, span: ForgetSpan): ForgetSpan => {
  if (choice.is === "all") return span;
  const fromMs = choice.is === "since" ? choice.fromMs : span.toMs - choice.minutes * 60_000;
  return { fromMs: Math.min(Math.max(fromMs, span.fromMs), span.toMs), toMs: span.toMs };
};

/** What the server is asked: whatever comes in after the press belongs to it, so only the beginning is said. */
export const forgetFrom = (choice: ForgetChoice, span: ForgetSpan): number | undefined =>
  choice.is === "all" ? undefined : Math.floor(chosenSpan(choice, span).fromMs);
