/**
 * The channels port: who else is told of posts, so that a host application can show them in its own chat.
 * Our own posts stay the truth about who may watch a clip: whoever is told late, twice or never shows too much or too little, but opens nothing.
 */
import type { Person } from "@livekit-replay/contract";

/** A post as its channel is told of it. */
export interface ChannelPost {
  readonly postId: string;
  readonly channelId: string;
  readonly communityId: string;
  readonly author: Person;
  /** What the author wrote; may be empty. */
  readonly text: string;
  readonly createdAtMs: number;
  readonly clip: {
    readonly id: string;
    readonly title: string;
    readonly durationMs: number;
    readonly owner: Person;
    /** Whose share it was made of. */
    readonly sharer: Person;
  };
  /** Addresses of this API, for who is signed in: the clip with links for that person, and its picture. Whole when `PUBLIC_URL` is set, else from the base path on. */
  readonly links: { readonly clip: string; readonly poster: string };
}

/** Which post. */
export type ChannelPostKey = Pick<ChannelPost, "postId" | "channelId">;

/** A clip that is gone, and the posts that showed it. */
export interface ClipDeleted {
  readonly clipId: string;
  readonly posts: readonly ChannelPostKey[];
}

/** Hears of posts. May hear of the same one twice; ids tell. */
export interface ChannelPosts {
  /**
   * A clip is shared to a channel: its readers may watch it from now on. Throwing refuses the share:
   * `ReplayError` as it is, anything else as `directory_unavailable`; then `removed` follows, in case it was heard all the same.
   */
  posted(post: ChannelPost): Promise<void>;
  /** A post was taken back: its readers may not watch the clip by it any more. Tried again when it throws, for some minutes. */
  removed(post: ChannelPostKey): Promise<void>;
  /** The clip is gone for good. Tried again when it throws, for some minutes. */
  clipDeleted(clip: ClipDeleted): Promise<void>;
}

/** Where this server's own channels are the only ones, nobody else needs to hear. */
export const ownChannelsOnly: ChannelPosts = {
  posted: () => Promise.resolve(),
  removed: () => Promise.resolve(),
  clipDeleted: () => Promise.resolve(),
};
