/**
 * Decides which event streams are open. A browser opens six connections to a server and no more, over all of its tabs: streams that nobody needs
 * would stop every other request. So a tab that is hidden and does not share closes its streams, and the person's own stream is open only where
 * it is needed: while sharing (the server may ask for a new publication) and for a while after it, while a clip is being made, and in views that show
 * clips.
 */
import { localNow } from "@livekit-replay/client";
import type { ReplayContextValue } from "./context.js";

/** So long a tab is hidden before its streams are closed: a glance at another tab costs nothing. */
const HIDDEN_MS = 20_000;

/** After my share has ended others can still make clips of it for so long, of which I am told. */
const GRACE_MS = 15 * 60_000;

/** What is decided about. */
export type EconomyOf = Pick<ReplayContextValue, "rooms" | "me" | "share" | "captures">;

/** Begins to decide; answers how to stop. */
export const keepStreams = ({ rooms, me, share, captures }: EconomyOf): (() => void) => {
  let release: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isSharing = (): boolean => "stream" in share.value.get();
  const isMaking = (): boolean =>
    captures.value.get().some(({ state }) => state.is === "keeping" || (state.is === "kept" && state.clip.state === "pinned"));
  let sharedUntilMs = 0;
  let after: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    if (isSharing()) sharedUntilMs = localNow() + GRACE_MS;
    const left = sharedUntilMs - localNow();
    clearTimeout(after);
    if (left > 0 && !isSharing()) after = setTimeout(look, left);
    if (left > 0 || isMaking()) release ??= me.acquire();
    else {
      release?.();
      release = undefined;
    }
  };
  const pause = (): void => {
    if (!document.hidden || isSharing()) return;
    rooms.pause();
    me.pause();
  };
  const onVisibility = (): void => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(pause, HIDDEN_MS);
    else {
      rooms.resume();
      me.resume();
    }
  };
  const stops = [share.value.subscribe(look), captures.value.subscribe(look)];
  document.addEventListener("visibilitychange", onVisibility);
  return () => {
    clearTimeout(timer);
    clearTimeout(after);
    document.removeEventListener("visibilitychange", onVisibility);
    for (const stop of stops) stop();
    release?.();
  };
};
