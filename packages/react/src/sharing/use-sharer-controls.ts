/** What only the owner of a share decides about its buffer, for a component. */
import type { Forgotten, Session } from "@livekit-replay/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { keys } from "../provider/keys.js";
import { useReplay } from "../provider/context.js";
import { forgetFrom, forgetSpan, type ForgetChoice } from "./forget-range.js";

/** Pause, resume and forget, and how the last of them came out. None of them throws. */
export interface SharerControl {
  readonly canPause: boolean;
  readonly canForget: boolean;
  readonly paused: boolean;
  /** One of them is under way: another is not begun. */
  readonly busy: "pause" | "resume" | "forget" | undefined;
  /** Why the last one failed; null when it did not. */
  readonly error: unknown;
  /** Nothing is recorded from the answer on; what was kept before stays and can be captured. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Deletes from the server's disk, at once. Clips stay: `forgotten` names them. */
  readonly forget: (choice: ForgetChoice) => void;
  /** What the last `forget` deleted, and which clips survive it; undefined before it and after `dismiss`. */
  readonly forgotten: Forgotten | undefined;
  /** Clears `forgotten` and `error`. */
  readonly dismiss: () => void;
}

/** Controls of a session of one's own; where it is somebody else's, nothing can be done. The session itself changes by the room's events. */
export const useSharerControls = (session: Session): SharerControl => {
  const { client } = useReplay();
  const queries = useQueryClient();
  const decide = useMutation({ mutationFn: (what: "pause" | "resume") => client.sessions[what](session.id) });
  const forget = useMutation({
    mutationFn: (choice: ForgetChoice) => {
      const span = forgetSpan(session, client.clock.now());
      const fromMs = span && forgetFrom(choice, span);
      return client.sessions.forget(session.id, fromMs === undefined ? {} : { fromMs });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: keys.allOfMe }),
  });
  const deciding = decide.isPending ? decide.variables : undefined;
  const busy = forget.isPending ? "forget" : deciding;
  const begin = (act: () => void): void => {
    if (busy !== undefined) return;
    decide.reset();
    forget.reset();
    act();
  };
  return {
    canPause: session.can.pause,
    canForget: session.can.forget,
    paused: session.pausedAtMs !== null,
    busy,
    error: forget.error ?? decide.error,
    pause: () => begin(() => decide.mutate("pause")),
    resume: () => begin(() => decide.mutate("resume")),
    forget: (choice) => begin(() => forget.mutate(choice)),
    forgotten: forget.data,
    dismiss: () => {
      decide.reset();
      forget.reset();
    },
  };
};
