/** The addresses of the page. */
import type { CommunityPart, Section } from "../admin/may.js";

/** One place for every address, so that links and routes agree. */
export const routes = {
  room: (roomName: string): string => `/rooms/${encodeURIComponent(roomName)}`,
  library: "/library",
  /** No clip has such a short id. */
  ofMe: "/clips/of-me",
  clip: (clipId: string): string => `/clips/${encodeURIComponent(clipId)}`,
  trim: (clipId: string): string => `/clips/${encodeURIComponent(clipId)}/trim`,
  channel: (channelId: string): string => `/channels/${encodeURIComponent(channelId)}`,
  admin: "/admin",
  adminSection: (section: Section): string => `/admin/${section}`,
  /** Without a part: the first that is offered. */
  adminCommunity: (communityId: string, part?: CommunityPart): string =>
    `/admin/communities/${encodeURIComponent(communityId)}${part === undefined ? "" : `/${part}`}`,
} as const;
