/** What a person's own event stream tells. */
import type { Quota } from "@livekit-replay/contract";
import type { Rights } from "../auth/rights.js";
import type { Viewer } from "../auth/viewer.js";
import type { Catalog, ClipRow, PostRow } from "../catalog/port.js";
import type { ClipViews } from "../clips/view.js";
import type { PostViews } from "../clips/post-view.js";
import type { Clock } from "../platform/clock.js";
import { FewAtOnce } from "../platform/few.js";
import type { QuotaLedger } from "../quotas/ledger.js";
import type { DomainEvent } from "./bus.js";
import type { EventMaker } from "./stream.js";
import type { OpenOptions, Streams } from "./streams.js";

/** What these streams work with. */
export interface MeStreamsParts {
  readonly streams: Streams;
  readonly rights: Rights;
  readonly catalog: Pick<Catalog, "posts">;
  readonly ledger: QuotaLedger;
  readonly clips: ClipViews;
  readonly posts: PostViews;
  readonly clock: Clock;
}

/** Percentages of the quota that a person is told of when they are passed. */
const warnings = [95, 80] as const;

const percent = ({ usedBytes, reservedBytes, limitBytes }: Quota): number =>
  limitBytes === 0 ? 100 : ((usedBytes + reservedBytes) / limitBytes) * 100;

/** The highest threshold that lies between two balances, going up; null when none does. */
export function passedWarning(before: Quota | null, after: Quota): number | null {
  const from = before === null ? 0 : percent(before);
  return warnings.find((threshold) => from < threshold && percent(after) >= threshold) ?? null;
}

/** Every open stream asks who may read a post as soon as there is one: a host application is asked so many of these questions at once, and has room for others. */
const mostAsking = 16;

/** Opens event streams of people. */
export class MeStreams {
  readonly #parts: MeStreamsParts;
  readonly #asking = new FewAtOnce(mostAsking);
  /** Where a clip that is ending was shared: asked for once, for all streams, before its posts forget it. */
  readonly #ending = new WeakMap<ClipRow, Promise<PostRow[]>>();

  constructor(parts: MeStreamsParts) {
    this.#parts = parts;
  }

  open(client: Pick<OpenOptions, "viewer" | "authorization" | "output">): void {
    let known: Quota | null = null;
    const quota = async (userId: string): Promise<{ quota: Quota; warning: number | null }> => {
      const now = await this.#parts.ledger.quotaOf(userId);
      const warning = passedWarning(known, now);
      known = now;
      return { quota: now, warning };
    };
    const { clock, streams } = this.#parts;
    streams.open({
      ...client,
      check: () => Promise.resolve(),
      first:
        ({ caller }) =>
        async () => ({ type: "hello", quota: (await quota(caller.userId)).quota, serverTimeMs: clock.now() }),
      tell: (event, viewer) => {
        if (event.type !== "quota") return this.#tell(event, viewer);
        if (event.userId !== viewer.caller.userId) return null;
        return async () => ({ type: "quota", ...(await quota(event.userId)), serverTimeMs: clock.now() });
      },
    });
  }

  #tell(event: Exclude<DomainEvent, { type: "quota" }>, viewer: Viewer): EventMaker | null {
    const { clips, clock } = this.#parts;
    const me = viewer.caller.userId;
    switch (event.type) {
      case "clip":
        return event.clip.userId === me
          ? async () => ({ type: "clip", clip: await clips.of(event.clip, viewer), serverTimeMs: clock.now() })
          : null;
      case "clip_gone":
        return event.clip.userId === me || event.clip.sharerId === me
          ? () => Promise.resolve({ type: "clip_gone", clipId: event.clip.id, serverTimeMs: clock.now() })
          : null;
      case "clip_ending": {
        const { clip } = event;
        if (clip.userId === me || clip.sharerId === me) return null;
        const posts = this.#postsOf(clip);
        return () => this.#asking.run(() => this.#clipGone(clip.id, posts, viewer));
      }
      case "clip_failed":
        if (event.clip.userId !== me) return null;
        return () => Promise.resolve({ type: "clip_failed", clipId: event.clip.id, reason: event.reason, serverTimeMs: clock.now() });
      case "conversion": {
        const { clip, conversion } = event;
        if (!event.listeners.has(me)) return null;
        return () => Promise.resolve({ type: "conversion", clipId: clip.id, conversion, serverTimeMs: clock.now() });
      }
      case "captured": {
        const { clip } = event;
        if (clip.sharerId !== me || clip.userId === me) return null;
        return () =>
          Promise.resolve({
            type: "clip_of_me",
            clipId: clip.id,
            sessionId: clip.sessionId,
            by: { userId: clip.userId, name: clip.ownerName },
            durationMs: clip.durationMs,
            serverTimeMs: clock.now(),
          });
      }
      case "republish": {
        const { session } = event;
        if (session.userId !== me) return null;
        return () => Promise.resolve({ type: "republish", sessionId: session.id, roomName: session.roomName, serverTimeMs: clock.now() });
      }
      case "post":
        return () => this.#asking.run(() => this.#post(event.post, viewer));
      case "post_gone":
        return () => this.#asking.run(() => this.#postGone(event.post, viewer));
      case "session":
      case "window":
      case "session_gone":
      case "user_removed":
        return null;
      default:
        return event satisfies never;
    }
  }

  #postsOf(clip: ClipRow): Promise<PostRow[]> {
    const known = this.#ending.get(clip);
    if (known) return known;
    const posts = this.#parts.catalog.posts.ofClip(clip.id);
    // Each stream that asks hears of a failure; there may be none.
    posts.catch(() => undefined);
    this.#ending.set(clip, posts);
    return posts;
  }

  /** Whoever may watch it in a channel may be watching it. */
  async #clipGone(clipId: string, posts: Promise<PostRow[]>, { caller }: Viewer): ReturnType<EventMaker> {
    for (const { channelId } of await posts)
      if (await this.#parts.rights.readableChannel(caller, channelId))
        return { type: "clip_gone", clipId, serverTimeMs: this.#parts.clock.now() };
    return null;
  }

  async #post(post: PostRow, viewer: Viewer): ReturnType<EventMaker> {
    const channel = await this.#parts.rights.readableChannel(viewer.caller, post.channelId);
    return channel && { type: "post", post: await this.#parts.posts.of(post, channel, viewer), serverTimeMs: this.#parts.clock.now() };
  }

  async #postGone(post: PostRow, viewer: Viewer): ReturnType<EventMaker> {
    const channel = await this.#parts.rights.readableChannel(viewer.caller, post.channelId);
    return channel && { type: "post_gone", postId: post.id, channelId: post.channelId, serverTimeMs: this.#parts.clock.now() };
  }
}
