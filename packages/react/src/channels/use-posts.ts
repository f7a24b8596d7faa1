/** A channel's posts in a component: newest first, older ones on demand, new ones as they come (by the person's event stream). */
import type { PostPage } from "@livekit-replay/contract";
import {
  useInfiniteQuery,
  useMutation,
  useQueryClient,
  type InfiniteData,
  type UseInfiniteQueryResult,
  type UseMutationResult,
} from "@tanstack/react-query";
import { useMeStream } from "../me/use-me.js";
import { keys } from "../provider/keys.js";
import { useReplay } from "../provider/context.js";

const PAGE_SIZE = 20;

/** The posts of a channel; `fetchNextPage` brings older ones. */
export const usePosts = (channelId: string): UseInfiniteQueryResult<InfiniteData<PostPage>> => {
  const { client } = useReplay();
  useMeStream();
  return useInfiniteQuery({
    queryKey: keys.posts(channelId),
    queryFn: ({ pageParam, signal }) => client.channels.posts(channelId, { page: pageParam, pageSize: PAGE_SIZE }, signal),
    initialPageParam: 1,
    getNextPageParam: (last) => (last.page * last.pageSize < last.total ? last.page + 1 : undefined),
  });
};

/** Takes a post out of its channel. */
export const useUnshare = (channelId: string): UseMutationResult<void, Error, string> => {
  const { client } = useReplay();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (postId: string) => client.channels.unshare(channelId, postId),
    onSuccess: async () => {
      await Promise.all([keys.posts(channelId), keys.allClips].map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
  });
};
