/** Clips that others made of one share of mine, for a component. */
import type { Clip } from "@livekit-replay/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { keys } from "../provider/keys.js";
import { useReplay } from "../provider/context.js";
import { useValue } from "../store/value.js";

/** The newest hundred clips of all of my shares are looked through: more are for the list of all of them. */
const MOST = 100;

/** Clips of others that show something of a session. `more`: there may be older ones. */
export interface ClipsOfShare {
  readonly clips: readonly Clip[];
  readonly more: boolean;
  readonly error: unknown;
  readonly isLoading: boolean;
}

/** Newest first; renewed when somebody makes or deletes one. `enabled` false: nothing is asked for. */
export const useClipsOfShare = (sessionId: string, enabled = true): ClipsOfShare => {
  const { client, removals } = useReplay();
  const hidden = useValue(removals.value);
  const { data, error, isLoading } = useQuery({
    queryKey: keys.ofMe(MOST),
    queryFn: ({ signal }) => client.clips.ofMe({ pageSize: MOST }, signal),
    enabled,
  });
  const clips = (data?.items ?? []).filter((clip) => clip.sessionId === sessionId && !hidden.has(clip.id));
  return { clips, more: data !== undefined && data.total > data.items.length && clips.length === data.items.length, error, isLoading };
};

/** How a clip of my share is withdrawn: deleted for everybody, for good. */
export const useWithdraw = (
  clipId: string,
): { readonly withdraw: () => void; readonly isPending: boolean; readonly isDone: boolean; readonly error: unknown } => {
  const { client } = useReplay();
  const queries = useQueryClient();
  const { mutate, isPending, isSuccess, error } = useMutation({
    mutationFn: () => client.clips.delete(clipId),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.allOfMe }),
  });
  return { withdraw: () => isPending || mutate(), isPending, isDone: isSuccess, error };
};
