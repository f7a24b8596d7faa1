/** When a press was, for who dates it exactly. */
import { localNow } from "@livekit-replay/client";
import { useRef } from "react";

/** A press is dated when the finger comes down, not when it is lifted; a press that is held counts when it is lifted. */
const HELD_MS = 1000;

/** `down` when the finger comes down; `at` answers the local time of the press when it is lifted. */
export const usePressTime = (): { readonly down: () => void; readonly at: () => number } => {
  const downAt = useRef<number | undefined>(undefined);
  return {
    down: () => {
      downAt.current = localNow();
    },
    at: () => {
      const now = localNow();
      const down = downAt.current;
      downAt.current = undefined;
      return down !== undefined && now - down < HELD_MS ? down : now;
    },
  };
};
