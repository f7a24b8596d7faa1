/** The roles of a community, for choosing among them. */
import { useReplay } from "@livekit-replay/react";
import type { RoleEntry } from "@livekit-replay/contract";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { adminKey } from "../form/use-saved.js";

/** More are not offered; what a member has already is. */
const MOST = 100;

/** The first hundred, by name; `all`: there are no more. */
export const useRoles = (communityId: string): UseQueryResult<{ readonly roles: readonly RoleEntry[]; readonly all: boolean }> => {
  const roles = useReplay().client.directory.roles(communityId);
  return useQuery({
    queryKey: [adminKey, "roles", communityId, "all"],
    queryFn: async ({ signal }) => {
      const { items, total } = await roles.list({ pageSize: MOST }, signal);
      return { roles: items, all: total <= items.length };
    },
  });
};
