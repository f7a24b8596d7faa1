/** My event stream: what happens to my clips and channels lands in the caches of the page, wherever it was caused. */
import type { ReplayClient, StreamState, Subscription } from "@livekit-replay/client";
import type { Clip, ClipPage, Me, MeEvent, Quota } from "@livekit-replay/contract";
import type { QueryClient } from "@tanstack/react-query";
import type { CaptureStore } from "../capture/store.js";
import { withConversion } from "../clips/conversion.js";
import type { Libraries } from "../clips/library-store.js";
import { keys } from "../provider/keys.js";
import type { ShareStore } from "../sharing/store.js";
import { Value } from "../store/value.js";

/** What events change. */
export interface MeStreamOptions {
  readonly client: ReplayClient;
  readonly queries: QueryClient;
  readonly captures: CaptureStore;
  readonly libraries: Libraries;
  readonly share: ShareStore;
}

/** A view that has gone is often followed by one that needs the stream too. */
const LINGER_MS = 1000;

/** Open while somebody needs it: a browser allows only six connections to a server, over all of its tabs. */
export class MeStream {
  readonly #options: MeStreamOptions;
  readonly #state = new Value<StreamState>({ state: "closed" });
  readonly #listeners = new Set<(event: MeEvent) => void>();
  #subscription: Subscription | undefined;
  #users = 0;
  #paused = false;
  #linger: ReturnType<typeof setTimeout> | undefined;

  constructor(options: MeStreamOptions) {
    this.#options = options;
  }

  get state(): Value<StreamState> {
    return this.#state;
  }

  /** Keeps the stream open until the answered function is called (once). */
  acquire(): () => void {
    this.#users += 1;
    this.#look();
    return () => {
      this.#users -= 1;
      clearTimeout(this.#linger);
      this.#linger = setTimeout(() => this.#look(), LINGER_MS);
    };
  }

  /** Closes the stream for a while although it is needed: nobody looks. */
  pause(): void {
    this.#paused = true;
    this.#look();
  }

  /** Undoes `pause`. */
  resume(): void {
    this.#paused = false;
    this.#look();
  }

  /** Hears every event after it was taken in. Answers how to stop. */
  listen(listener: (event: MeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Idempotent. */
  async close(): Promise<void> {
    clearTimeout(this.#linger);
    const subscription = this.#subscription;
    this.#subscription = undefined;
    await subscription?.close();
  }

  #look(): void {
    const { client } = this.#options;
    if (this.#users > 0 && !this.#paused) {
      this.#subscription ??= client.events.me({ onEvent: (event) => this.#take(event), onState: (state) => this.#follow(state) });
    } else void this.close();
  }

  /** Events that came while the stream was not open are not sent again: what was asked for before is asked for anew, also while it was on its way for the first time. */
  #follow(state: StreamState): void {
    this.#state.set(state);
    if (state.state === "open") void this.#options.queries.invalidateQueries();
  }

  #take(event: MeEvent): void {
    const { queries, captures, libraries, share } = this.#options;
    switch (event.type) {
      case "hello":
      case "quota":
        this.#takeQuota(event.quota);
        break;
      case "clip":
        captures.update(event.clip);
        libraries.tell((library) => library.take(event.clip));
        queries.setQueryData(keys.clip(event.clip.id), event.clip);
        void queries.invalidateQueries({ queryKey: keys.allClips });
        break;
      case "conversion":
        this.#change(event.clipId, (clip) => withConversion(clip, event.conversion));
        break;
      case "clip_gone":
        captures.forget(event.clipId);
        libraries.tell((library) => library.gone());
        // Who watches it at this moment asks for it anew, and is told.
        for (const queryKey of [keys.clip(event.clipId), keys.allClips, keys.allOfMe, keys.allPosts])
          void queries.invalidateQueries({ queryKey });
        break;
      case "post":
        void queries.invalidateQueries({ queryKey: keys.posts(event.post.channelId) });
        break;
      case "post_gone":
        libraries.tell((library) => library.unshared(event.postId));
        void queries.invalidateQueries({ queryKey: keys.posts(event.channelId) });
        break;
      case "republish":
        share.republish();
        break;
      case "clip_of_me":
        void queries.invalidateQueries({ queryKey: keys.allOfMe });
        break;
      case "clip_failed":
        break;
    }
    for (const listener of this.#listeners) listener(event);
  }

  /** Changes a clip wherever it is shown, without asking for it anew. */
  #change(clipId: string, change: (clip: Clip) => Clip): void {
    const { queries, captures, libraries } = this.#options;
    libraries.tell((library) => library.change(clipId, change));
    const changed = (clip: Clip): Clip => (clip.id === clipId ? change(clip) : clip);
    captures.change(clipId, change);
    queries.setQueryData<Clip>(keys.clip(clipId), (clip) => clip && changed(clip));
    queries.setQueriesData<ClipPage>({ queryKey: keys.allClips }, (page) => page && { ...page, items: page.items.map(changed) });
  }

  #takeQuota(quota: Quota): void {
    const { queries } = this.#options;
    queries.setQueryData<Me>(keys.me, (me) => me && { ...me, quota });
    queries.setQueriesData<ClipPage>({ queryKey: keys.allClips }, (page) => page && { ...page, quota });
  }
}
