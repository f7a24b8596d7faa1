/** The addresses of the page. */

/** One place for every address, so that links and routes agree. */
export const routes = {
  room: (roomName: string): string => `/rooms/${encodeURIComponent(roomName)}`,
  library: "/library",
  clip: (clipId: string): string => `/clips/${encodeURIComponent(clipId)}`,
  trim: (clipId: string): string => `/clips/${encodeURIComponent(clipId)}/trim`,
  channel: (channelId: string): string => `/channels/${encodeURIComponent(channelId)}`,
} as const;
