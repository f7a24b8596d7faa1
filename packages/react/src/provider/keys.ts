/** Names of what is cached, in one place. */
import type { ClipQuery } from "@livekit-replay/contract";

/** Query keys; each list of keys begins with what it is a part of, so that a whole part can be asked for anew. */
export const keys = {
  me: ["replay", "me"] as const,
  demo: ["replay", "demo"] as const,
  allClips: ["replay", "clips"] as const,
  clips: (query: Partial<ClipQuery>) => ["replay", "clips", query] as const,
  /** Clips that others made of my shares. */
  allOfMe: ["replay", "of-me"] as const,
  ofMe: (part: string | number) => ["replay", "of-me", part] as const,
  /** Clips of a session that I had kept when the page was opened. */
  keptBefore: (sessionId: string) => ["replay", "kept-before", sessionId] as const,
  clip: (clipId: string) => ["replay", "clip", clipId] as const,
  allPosts: ["replay", "posts"] as const,
  posts: (channelId: string) => ["replay", "posts", channelId] as const,
};
