/** Who looks after what: an instance admin after everything, who has `MANAGE_REPLAY_LIMITS` in a community after that community's limits and sessions. */
import type { CommunityView, Me } from "@livekit-replay/contract";

/** The parts of the administration, in their order. */
export const sections = ["communities", "people", "usage", "sessions", "log", "store"] as const;
/** One of them. */
export type Section = (typeof sections)[number];

/** The parts of a community, in their order. */
export const communityParts = ["rooms", "channels", "roles", "members", "limits", "sessions"] as const;
/** One of them. */
export type CommunityPart = (typeof communityParts)[number];

/** What a view of the administration needs to know of who looks at it. */
type Looking = Pick<Me, "admin" | "directory" | "communities">;

/** Whether there is anything to look after. */
export const mayAdmin = (me: Pick<Me, "admin" | "communities">): boolean => me.admin || lookedAfter(me).length > 0;

/** The communities that are looked after; for an instance admin all. */
export const lookedAfter = (me: Pick<Me, "admin" | "communities">): readonly CommunityView[] =>
  me.admin ? me.communities : me.communities.filter(({ permissions }) => permissions.includes("MANAGE_REPLAY_LIMITS"));

/** Whether people, communities and what is in them are written here, and not in the host application. */
export const writesDirectory = (me: Looking): boolean => me.admin && me.directory === "builtin";

/** What is offered at the top. */
export const sectionsOf = (me: Looking): readonly Section[] => {
  if (!me.admin) return mayAdmin(me) ? ["communities"] : [];
  return sections.filter((section) => section !== "people" || writesDirectory(me));
};

/** What is offered in a community. */
export const partsOf = (me: Looking): readonly CommunityPart[] => (writesDirectory(me) ? communityParts : ["limits", "sessions"]);
