/** A clip as one person sees it, with links that work for them for an hour. */
import { type Clip, ReplayError } from "@livekit-replay/contract";
import type { LinkSigner } from "../auth/link.js";
import type { Rights } from "../auth/rights.js";
import { basePath } from "../auth/rules.js";
import { linkHolderOf, type Viewer } from "../auth/viewer.js";
import { addressOf } from "../catalog/places.js";
import type { ClipRow } from "../catalog/port.js";
import { nameOf } from "../directory/name.js";
import type { Directory } from "../directory/port.js";
import type { Clock } from "../platform/clock.js";
import { PINNED_WEBM } from "../store/names.js";
import type { Store } from "../store/open.js";
import type { QuotaLedger } from "../quotas/ledger.js";
import { type AacFiles, needsAac } from "./convert/aac-files.js";
import { hasVp8, isVp8 } from "./convert/need.js";
import type { Conversions } from "./convert/progress.js";
import { webmStart } from "./convert/webm.js";

/** What views are made from. */
export interface ClipViewsParts {
  readonly rights: Rights;
  readonly links: LinkSigner;
  readonly directory: Directory;
  readonly ledger: QuotaLedger;
  readonly clock: Clock;
  readonly conversions: Pick<Conversions, "of">;
  readonly aac: Pick<AacFiles, "possible">;
  readonly store: Pick<Store, "pins" | "media">;
}

/** Makes views of clips. */
export class ClipViews {
  readonly #parts: ClipViewsParts;

  constructor(parts: ClipViewsParts) {
    this.#parts = parts;
  }

  /** @throws ReplayError `directory_unavailable` */
  async of(row: ClipRow, viewer: Viewer): Promise<Clip> {
    const { rights, directory, ledger, clock } = this.#parts;
    const { own, edit, delete: mayDelete } = rights.clipRights(viewer.caller, row);
    const readable = await this.#readablePosts(row, viewer, own);
    return {
      id: row.id,
      state: row.state,
      title: row.title,
      roomName: row.roomName,
      sessionId: row.sessionId,
      owner: { userId: row.userId, name: await nameOf(directory, row.userId, row.ownerName) },
      sharer: { userId: row.sharerId, name: await nameOf(directory, row.sharerId, row.sharerName) },
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
      links: await this.#links(row, viewer),
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

  /** An owner sees their clip whatever the directory says of the channels that it is shared to. */
  async #readablePosts(row: ClipRow, { caller }: Viewer, own: boolean): ReturnType<Rights["readablePosts"]> {
    try {
      return await this.#parts.rights.readablePosts(caller, row.id);
    } catch (error) {
      if (own && error instanceof ReplayError) return [];
      throw error;
    }
  }

  async #links(row: ClipRow, viewer: Viewer): Promise<Clip["links"]> {
    const token = this.#parts.links.sign("clip", row.id, linkHolderOf(viewer));
    const link = (file: string): string =>
      `${viewer.base}${basePath}/clips/${row.id}/${file}${file.includes("?") ? "&" : "?"}token=${token}`;
    const hasAac = row.audio !== null && (this.#parts.aac.possible || !needsAac(row));
    const pinned = row.state === "pinned" || (row.state === "ready" && !row.pinsGone);
    const webm = pinned ? await this.#webmStart(row) : null;
    return {
      playlist: pinned && webm === null && !hasVp8(row) && row.container !== "mp4" ? link("playlist.m3u8") : null,
      webm: webm === null ? null : link("clip.webm") + webm,
      download: link("download"),
      downloadAac: hasAac ? link("download?audio=aac") : null,
      poster: link("poster.jpg"),
    };
  }

  /** Where a player begins in the WebM of a clip (W3C Media Fragments, 4.2.1); null when it has none. While the clip is pinned it is being made, or there. */
  async #webmStart(row: ClipRow): Promise<string | null> {
    const { pins, media } = this.#parts.store;
    const has = row.state === "pinned" ? isVp8(row) : (await media.ofPins(addressOf(row), PINNED_WEBM)) !== null;
    const start = has ? await webmStart(pins, addressOf(row)) : null;
    return start === null ? null : `#t=${start / 1e6}`;
  }
}
