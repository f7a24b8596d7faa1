/** The addresses of the page. They are read as the browser has them, escaped: names may have slashes, spaces and percent signs in them. */
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

/** A name in an address; undefined where it is not escaped as it should be. */
export const decoded = (name: string): string | undefined => {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
};

/** Whose address that is: `pathname` is that of a room, a clip, or a channel. */
export const nameIn = (pathname: string): string | undefined => decoded(pathname.split("/")[2] ?? "");
