/** After a change: what is shown is asked for again, and "Saved" is said. */
import { keys } from "@livekit-replay/react";
import { useQueryClient } from "@tanstack/react-query";
import { toast } from "../../toasts/send.js";

/** Everything that the administration has asked for is cached below this. */
export const adminKey = "admin";

/** What was said last goes when there is something new: who changes much would read of it long after. */
let forget: (() => void) | undefined;

/** Answers what to call when a change was made; resolves when the page shows it. */
export const useSaved = (): ((said: string) => Promise<void>) => {
  const queries = useQueryClient();
  return async (said) => {
    // Communities, rooms and channels stand in the main menu too.
    await Promise.all([[adminKey], keys.me].map((queryKey) => queries.invalidateQueries({ queryKey })));
    forget?.();
    forget = toast({ title: said });
  };
};
