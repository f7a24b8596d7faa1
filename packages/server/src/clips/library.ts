/** A person's library: their clips, clips of their shares, titles, deletion. */
import { type ClipPage, type ClipQuery, type EditClip, type PageQuery, ReplayError } from "@livekit-replay/contract";
import type { Viewer } from "../auth/viewer.js";
import type { Catalog, ClipRow } from "../catalog/port.js";
import type { EventBus } from "../events/bus.js";
import type { Clock } from "../platform/clock.js";
import type { QuotaLedger } from "../quotas/ledger.js";
import type { ClipViews } from "./view.js";

/** What the library works with. */
export interface LibraryParts {
  readonly catalog: Catalog;
  readonly views: ClipViews;
  readonly ledger: QuotaLedger;
  readonly bus: EventBus;
  readonly clock: Clock;
}

/** See above. */
export class Library {
  readonly #parts: LibraryParts;

  constructor(parts: LibraryParts) {
    this.#parts = parts;
  }

  /** A page of the caller's clips. */
  async mine(viewer: Viewer, { page, pageSize, sort, q, untilMs }: ClipQuery): Promise<ClipPage> {
    const { userId } = viewer.caller;
    const askedAtMs = this.#parts.clock.now();
    const found = await this.#parts.catalog.clips.list({ userId, page, pageSize, sort, q: q === "" ? undefined : q, untilMs });
    // The time of the question, not of the answer: who pages on until then sees the same clips.
    return { ...(await this.#page(found, viewer, { page, pageSize })), serverTimeMs: askedAtMs };
  }

  /** A page of clips that others made of the caller's shares. */
  async ofMe(viewer: Viewer, query: PageQuery): Promise<ClipPage> {
    const found = await this.#parts.catalog.clips.ofSharer(viewer.caller.userId, query.page, query.pageSize);
    return this.#page(found, viewer, query);
  }

  /** Changes the title. @throws ReplayError `clip_not_found` when the clip is being deleted. */
  async edit(clip: ClipRow, { title }: EditClip): Promise<ClipRow> {
    if (!(await this.#parts.catalog.clips.update(clip.id, ["pinned", "ready", "lost"], { title }))) throw new ReplayError("clip_not_found");
    const edited = (await this.#parts.catalog.clips.find(clip.id)) ?? { ...clip, title };
    this.#parts.bus.publish({ type: "clip", clip: edited });
    return edited;
  }

  async #page(
    { rows, total }: { rows: readonly ClipRow[]; total: number },
    viewer: Viewer,
    { page, pageSize }: PageQuery,
  ): Promise<ClipPage> {
    const { views, ledger, clock } = this.#parts;
    const quota = await ledger.quotaOf(viewer.caller.userId);
    return { items: await views.ofAll(rows, viewer), page, pageSize, total, quota, serverTimeMs: clock.now() };
  }
}
