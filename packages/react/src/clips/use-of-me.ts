/** All clips that others made of my shares, in a component: newest first, older ones on demand. */
import type { ClipPage } from "@livekit-replay/contract";
import { useInfiniteQuery, type InfiniteData, type UseInfiniteQueryResult } from "@tanstack/react-query";
import { useMeStream } from "../me/use-me.js";
import { keys } from "../provider/keys.js";
import { useReplay } from "../provider/context.js";

const PAGE_SIZE = 30;

/** `fetchNextPage` brings older ones. Renewed when somebody makes or deletes one. */
export const useClipsOfMe = (): UseInfiniteQueryResult<InfiniteData<ClipPage>> => {
  const { client } = useReplay();
  useMeStream();
  return useInfiniteQuery({
    queryKey: keys.ofMe("pages"),
    queryFn: ({ pageParam, signal }) => client.clips.ofMe({ page: pageParam, pageSize: PAGE_SIZE }, signal),
    initialPageParam: 1,
    getNextPageParam: (last) => (last.page * last.pageSize < last.total ? last.page + 1 : undefined),
  });
};
