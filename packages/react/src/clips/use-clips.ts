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

/** Answers how to change a clip wherever it is shown. */
const useChange = (): ((clipId: string, to: (clip: Clip) => Clip) => void) => {
  const { captures, libraries } = useReplay();
  const queries = useQueryClient();
  return (clipId, to) => {
    captures.change(clipId, to);
    libraries.tell((library) => library.change(clipId, to));
    queries.setQueryData<Clip>(keys.clip(clipId), (clip) => clip && to(clip));
  };
};

/** Gives a clip a new title: shown at once, and the old one again when the server refuses it. */
export const useRename = (clipId: string): UseMutationResult<Clip, Error, string, { readonly old: string | undefined }> => {
  const { client } = useReplay();
  const queries = useQueryClient();
  const change = useChange();
  return useMutation({
    mutationFn: (title: string) => client.clips.edit(clipId, { title }),
    onMutate: (title) => {
      let old: string | undefined;
      change(clipId, (clip) => {
        old = clip.title;
        return { ...clip, title };
      });
      return { old };
    },
    onError: (_error, title, before) => {
      const { old } = before ?? {};
      if (old !== undefined) change(clipId, (clip) => (clip.title === title ? { ...clip, title: old } : clip));
    },
    onSuccess: async (clip) => {
      change(clipId, () => clip);
      await queries.invalidateQueries({ queryKey: keys.allClips });
    },
  });
};

/** Posts a clip in a channel. */
export const useShareClip = (clipId: string): UseMutationResult<unknown, Error, ShareClip> => {
  const { client } = useReplay();
  const queries = useQueryClient();
  const change = useChange();
  return useMutation({
    mutationFn: (body: ShareClip) => client.clips.share(clipId, body),
    onSuccess: async ({ clip }, { channelId }) => {
      // Where it was just kept, nothing may say any more that only its owner sees it.
      if (clip !== null) change(clipId, () => clip);
      await Promise.all(
        [keys.posts(channelId), keys.clip(clipId), keys.allClips].map((queryKey) => queries.invalidateQueries({ queryKey })),
      );
    },
  });
};

/** How a post of several clips came out: those that were not posted, and why the first of them was not. */
export interface SharedClips {
  readonly left: readonly Clip[];
  readonly error: unknown;
}

/** Posts clips in a channel, the oldest first, so that they stand there as they were kept. It ends with the first that is refused. */
export const useShareClips = (): UseMutationResult<SharedClips, Error, ShareClip & { readonly clips: readonly Clip[] }> => {
  const { client } = useReplay();
  const queries = useQueryClient();
  const change = useChange();
  return useMutation({
    mutationFn: async ({ clips, ...body }) => {
      const left = clips.toSorted((a, b) => a.createdAtMs - b.createdAtMs);
      try {
        for (let next = left[0]; next !== undefined; next = left[0]) {
          const { clip } = await client.clips.share(next.id, body);
          if (clip !== null) change(clip.id, () => clip);
          left.shift();
        }
      } catch (error) {
        return { left, error };
      }
      return { left, error: null };
    },
    onSettled: async (_result, _error, { channelId }) => {
      await Promise.all([keys.posts(channelId), keys.allClips].map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
  });
};
