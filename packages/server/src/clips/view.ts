/** A clip as one person sees it, with links that work for them for an hour. */
import type { Clip } from "@livekit-replay/contract";
import type { LinkSigner } from "../auth/link.js";
import type { Rights } from "../auth/rights.js";
import { basePath } from "../auth/rules.js";
import { linkHolderOf, type Viewer } from "../auth/viewer.js";
import type { ClipRow } from "../catalog/port.js";
import type { Directory } from "../directory/port.js";
import type { Clock } from "../platform/clock.js";
import type { QuotaLedger } from "../quotas/ledger.js";
import { type AacFiles, needsAac } from "./convert/aac-files.js";
import type { Conversions } from "./convert/progress.js";

/** What views are made from. */
export interface ClipViewsParts {
  readonly rights: Rights;
  readonly links: LinkSigner;
  readonly directory: Directory;
  readonly ledger: QuotaLedger;
  readonly clock: Clock;
  readonly conversions: Pick<Conversions, "of">;
  readonly aac: Pick<AacFiles, "possible">;
}

/** Makes views of clips. */
export class ClipViews {
  readonly #parts: ClipViewsParts;

  constructor(parts: ClipViewsParts) {
    this.#parts = parts;
  }

  /** @throws ReplayError `directory_unavailable` */
  async of(row: ClipRow, viewer: Viewer): Promise<Clip> {
    const { rights, ledger, clock } = this.#parts;
    const { own, edit, delete: mayDelete } = rights.clipRights(viewer.caller, row);
    const readable = await rights.readablePosts(viewer.caller, row.id);
    return {
      id: row.id,
      state: row.state,
      title: row.title,
      roomName: row.roomName,
      sessionId: row.sessionId,
      owner: { userId: row.userId, name: await this.#nameOf(row.userId, row.ownerName) },
      sharer: { userId: row.sharerId, name: await this.#nameOf(row.sharerId, row.sharerName) },
      createdAtMs: Math.floor(row.createdAtMs),
      requestedMs: row.requestedMs,
      durationMs: row.durationMs,
      startsAtMs: row.startsAtMs,
      endsAtMs: row.endsAtMs,
      gaps: [...row.gaps],
      notYetMs: row.notYetMs,
      sizeBytes: row.sizeBytes,
      video: { ...row.video },
      audio: row.audio && { ...row.audio },
      shares: readable.map(({ post, channel }) => ({ postId: post.id, channelId: channel.id, channelName: channel.name })),
      can: { play: own || readable.length > 0, edit, delete: mayDelete },
      links: this.#links(row, viewer),
      conversions: this.#parts.conversions.of(row.id),
      quota: row.userId === viewer.caller.userId ? await ledger.quotaOf(row.userId) : null,
      serverTimeMs: clock.now(),
    };
  }

  /** Views of several clips, in their order. */
  async ofAll(rows: readonly ClipRow[], viewer: Viewer): Promise<Clip[]> {
    const views: Clip[] = [];
    for (const row of rows) views.push(await this.of(row, viewer));
    return views;
  }

  #links(row: ClipRow, viewer: Viewer): Clip["links"] {
    const token = this.#parts.links.sign("clip", row.id, linkHolderOf(viewer));
    const link = (file: string): string =>
      `${viewer.base}${basePath}/clips/${row.id}/${file}${file.includes("?") ? "&" : "?"}token=${token}`;
    const hasAac = row.audio !== null && (this.#parts.aac.possible || !needsAac(row));
    const pinned = row.state === "pinned" || (row.state === "ready" && !row.pinsGone);
    return {
      playlist: pinned ? link("playlist.m3u8") : null,
      webm: null,
      download: link("download"),
      downloadAac: hasAac ? link("download?audio=aac") : null,
      poster: link("poster.jpg"),
    };
  }

  /** The name of today; the one kept with the clip for somebody who is not in the directory any more. */
  async #nameOf(userId: string, kept: string): Promise<string> {
    return (await this.#parts.directory.person(userId))?.name ?? kept;
  }
}
