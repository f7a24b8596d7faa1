/**
 * Tells the channels' host of posts. Sharing waits for its answer; ends of posts and clips are told in the background and tried again for some minutes.
 * A notice that is lost all the same (the host is down for longer, this server stops) leaves a dead entry in the host's chat and no access: our own posts decide who may watch.
 */
import { setTimeout as pause } from "node:timers/promises";
import { type Millis, millis, ReplayError } from "@livekit-replay/contract";
import type { Metrics } from "../platform/metrics.js";
import { within } from "../platform/within.js";
import type { ChannelPost, ChannelPostKey, ChannelPosts, ClipDeleted } from "./port.js";

/** Options of `ChannelNotices`. */
export interface ChannelNoticesOptions {
  readonly channels: ChannelPosts;
  readonly metrics: Pick<Metrics, "count">;
  readonly logger: { warn(fields: object, message: string): void };
  /** How long one attempt may take. Default: 4 s. */
  readonly limit?: Millis;
  /** The pauses between one attempt and the next. Default: five of them, 6 min together. */
  readonly pauses?: readonly Millis[];
}

const defaultLimit: Millis = millis(4000);
const defaultPauses: readonly Millis[] = [1000, 5000, 30_000, 90_000, 240_000].map(millis);
/** Notices that may be under way; what comes beyond is dropped and counted. */
const mostUnderWay = 1000;

/** See above. */
export class ChannelNotices {
  readonly #options: ChannelNoticesOptions;
  readonly #limit: Millis;
  readonly #underWay = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(options: ChannelNoticesOptions) {
    this.#options = options;
    this.#limit = options.limit ?? defaultLimit;
  }

  /** Resolves when the host has taken the post. @throws ReplayError of the host; `directory_unavailable` for whatever else keeps it from taking it. It is told to forget it then. */
  async posted(post: ChannelPost): Promise<void> {
    // Somebody else's code may throw before it promises anything.
    const taken = (async () => this.#options.channels.posted(post))();
    try {
      await within(this.#limit, taken);
    } catch (error) {
      const forget = (): void => this.removed(post);
      // It may still be under way: the end must not be told before the beginning.
      void taken.then(forget, forget);
      if (error instanceof ReplayError) throw error;
      throw new ReplayError("directory_unavailable", { cause: error });
    }
  }

  /** Tells it in the background. */
  removed({ postId, channelId }: ChannelPostKey): void {
    this.#tell("removed", () => this.#options.channels.removed({ postId, channelId }));
  }

  /** Tells it in the background, when there were posts. */
  clipDeleted(clip: ClipDeleted): void {
    if (clip.posts.length > 0) this.#tell("clip_deleted", () => this.#options.channels.clipDeleted(clip));
  }

  /** What still waits is tried once more and given up; resolves when nothing is under way. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#underWay);
  }

  #tell(what: string, attempt: () => Promise<void>): void {
    if (this.#underWay.size >= mostUnderWay || this.#closing.signal.aborted) {
      this.#lost(what, undefined);
      return;
    }
    const telling = this.#untilHeard(attempt).catch((error: unknown) => this.#lost(what, error));
    this.#underWay.add(telling);
    void telling.then(() => this.#underWay.delete(telling));
  }

  /** @throws the last failure */
  async #untilHeard(attempt: () => Promise<void>): Promise<void> {
    const { signal } = this.#closing;
    for (const next of this.#options.pauses ?? defaultPauses) {
      const last = signal.aborted;
      try {
        return await within(this.#limit, attempt());
      } catch (error) {
        if (last) throw error;
        await pause(next, undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
    return within(this.#limit, attempt());
  }

  #lost(what: string, error: unknown): void {
    const { metrics, logger } = this.#options;
    metrics.count("channel_notices_lost_total", "Ends of posts that the host application was never told of", { what });
    logger.warn(
      { err: error, what },
      "the host application could not be told of the end of a post: its chat may show one that nobody can watch",
    );
  }
}
