/** Clips in a component: a page of mine, one clip, and what can be done with them. */
import type { Clip, ClipPage, ClipQuery, ShareClip } from "@livekit-replay/contract";
import {
  keepPreviousData,
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { useMeStream } from "../me/use-me.js";
import { keys } from "../provider/keys.js";
import { useReplay } from "../provider/context.js";
import { useValue } from "../store/value.js";

/** A page of my clips. The last page stays while the next one loads; clips that are being deleted are left out. */
export const useClips = (query: Partial<ClipQuery>): UseQueryResult<ClipPage> => {
  const { client, removals } = useReplay();
  useMeStream();
  const hidden = useValue(removals.value);
  return useQuery({
    queryKey: keys.clips(query),
    queryFn: ({ signal }) => client.clips.mine(query, signal),
    placeholderData: keepPreviousData,
    select: (page) => {
      const items = page.items.filter((clip) => !hidden.has(clip.id));
      return { ...page, items, total: page.total - (page.items.length - items.length) };
    },
  });
};

/** One clip. */
export const useClip = (clipId: string): UseQueryResult<Clip> => {
  const { client } = useReplay();
  useMeStream();
  return useQuery({ queryKey: keys.clip(clipId), queryFn: ({ signal }) => client.clips.get(clipId, signal) });
};

/** Gives a clip a new title. */
export const useRename = (clipId: string): UseMutationResult<Clip, Error, string> => {
  const { client, captures } = useReplay();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (title: string) => client.clips.edit(clipId, { title }),
    onSuccess: async (clip) => {
      captures.update(clip);
      queries.setQueryData(keys.clip(clip.id), clip);
      await queries.invalidateQueries({ queryKey: keys.allClips });
    },
  });
};

/** Posts a clip in a channel. */
export const useShareClip = (clipId: string): UseMutationResult<unknown, Error, ShareClip> => {
  const { client, captures } = useReplay();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: ShareClip) => client.clips.share(clipId, body),
    onSuccess: async ({ clip }, { channelId }) => {
      // Where it was just kept, nothing may say any more that only its owner sees it.
      if (clip !== null) captures.update(clip);
      await Promise.all(
        [keys.posts(channelId), keys.clip(clipId), keys.allClips].map((queryKey) => queries.invalidateQueries({ queryKey })),
      );
    },
  });
};
