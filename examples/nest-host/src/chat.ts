/** The channels' messages: what people write, and the clips that they share. */
import { Injectable } from "@nestjs/common";
import type { ChannelPost, ChannelPostKey, ChannelPosts, ClipDeleted } from "@livekit-replay/server";

/** A message as this application shows it. */
export interface Message {
  readonly id: string;
  readonly author: string;
  readonly text: string;
  /** The clip that it shows; `gone` once it was deleted. Its picture and video come from livekit-replay, for who may see them. */
  readonly clip: { readonly id: string; readonly title: string; readonly seconds: number; readonly gone: boolean } | null;
}

/** Keeps messages. Hears of clips as livekit-replay tells it (`ChannelPosts`), maybe twice: ids tell. */
@Injectable()
export class Chat implements ChannelPosts {
  readonly #channels = new Map<string, Map<string, Message>>();

  /** Oldest first. */
  messages(channelId: string): Message[] {
    return [...(this.#channels.get(channelId)?.values() ?? [])];
  }

  posted({ postId, channelId, author, text, clip }: ChannelPost): Promise<void> {
    const shown = { id: clip.id, title: clip.title, seconds: Math.round(clip.durationMs / 1000), gone: false };
    this.#channel(channelId).set(postId, { id: postId, author: author.name, text, clip: shown });
    return Promise.resolve();
  }

  removed({ postId, channelId }: ChannelPostKey): Promise<void> {
    this.#channels.get(channelId)?.delete(postId);
    return Promise.resolve();
  }

  clipDeleted({ posts }: ClipDeleted): Promise<void> {
    for (const { postId, channelId } of posts) {
      const message = this.#channels.get(channelId)?.get(postId);
      if (message?.clip) this.#channel(channelId).set(postId, { ...message, clip: { ...message.clip, gone: true } });
    }
    return Promise.resolve();
  }

  #channel(channelId: string): Map<string, Message> {
    const messages = this.#channels.get(channelId) ?? new Map<string, Message>();
    this.#channels.set(channelId, messages);
    return messages;
  }
}
