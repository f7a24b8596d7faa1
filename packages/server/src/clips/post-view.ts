/** A channel's post as one person sees it. */
import type { Post } from "@livekit-replay/contract";
import type { ChannelAccess, Rights } from "../auth/rights.js";
import type { Viewer } from "../auth/viewer.js";
import type { Catalog, PostRow } from "../catalog/port.js";
import type { ClipViews } from "./view.js";

/** Makes views of posts. */
export class PostViews {
  readonly #catalog: Catalog;
  readonly #rights: Rights;
  readonly #clips: ClipViews;

  constructor(catalog: Catalog, rights: Rights, clips: ClipViews) {
    this.#catalog = catalog;
    this.#rights = rights;
    this.#clips = clips;
  }

  /** A post whose clip was deleted says so by `clip: null`. @throws ReplayError `directory_unavailable` */
  async of(row: PostRow, channel: ChannelAccess, viewer: Viewer): Promise<Post> {
    const clip = row.clipId === null ? null : await this.#catalog.clips.find(row.clipId);
    return {
      id: row.id,
      channelId: row.channelId,
      author: { userId: row.userId, name: row.userName },
      text: row.text,
      createdAtMs: Math.floor(row.createdAtMs),
      clip: clip && clip.state !== "deleting" ? await this.#clips.of(clip, viewer) : null,
      can: { unshare: await this.#rights.mayUnshare(viewer.caller, row, channel) },
    };
  }
}
