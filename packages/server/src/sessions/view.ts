/** A session as one person sees it. */
import type { BufferWindow, Permission, RoomEvent, Session, SessionHealth } from "@livekit-replay/contract";
import type { LinkSigner } from "../auth/link.js";
import type { Rights } from "../auth/rights.js";
import { basePath } from "../auth/rules.js";
import { linkHolderOf, type Viewer } from "../auth/viewer.js";
import { folderOf } from "../catalog/places.js";
import type { SessionRow } from "../catalog/port.js";
import { nameOf } from "../directory/name.js";
import type { Directory } from "../directory/port.js";
import type { Clock } from "../platform/clock.js";
import type { Store } from "../store/open.js";
import type { Grace } from "./grace.js";
import type { SessionsElsewhere } from "./elsewhere.js";

/** What views are made from. */
export interface SessionViewsParts {
  readonly rights: Rights;
  readonly links: LinkSigner;
  readonly directory: Directory;
  readonly store: Store;
  readonly grace: Grace;
  readonly states: SessionsElsewhere;
  readonly clock: Clock;
  /** Whether pictures for a strip can be made: FFmpeg is there. */
  readonly hasPictures: boolean;
}

const nobodysRights: ReadonlySet<Permission> = new Set();

/** A session that is over is well; one that is paused waits for no picture. */
const healthOf = ({ state, pausedAtMs }: SessionRow, health: SessionHealth): SessionHealth =>
  state === "active" && (pausedAtMs === null || health.state !== "waiting") ? health : { state: "ok", reason: null };

/** Makes views of sessions. */
export class SessionViews {
  readonly #parts: SessionViewsParts;

  constructor(parts: SessionViewsParts) {
    this.#parts = parts;
  }

  /** @throws ReplayError `directory_unavailable` */
  async of(row: SessionRow, viewer: Viewer): Promise<Session> {
    const { rights, directory, grace, states, clock } = this.#parts;
    const permissions = (await rights.permissions(viewer.caller, row.communityId)) ?? nobodysRights;
    const { capture, rewind, stop, own } = await rights.sessionRights(viewer.caller, row, permissions);
    const over = grace.isOver(row);
    return {
      id: row.id,
      sessionId: row.id,
      roomName: row.roomName,
      communityId: row.communityId,
      owner: { userId: row.userId, name: await nameOf(directory, row.userId, row.userId) },
      state: row.state,
      recorder: row.recorder,
      startedAtMs: Math.floor(row.startedAtMs),
      endedAtMs: row.endedAtMs === null ? null : Math.floor(row.endedAtMs),
      graceEndsAtMs: grace.endsAt(row),
      window: over ? null : await this.window(row),
      health: healthOf(row, states.of(row.id).health),
      video: over ? null : await this.#video(row),
      pausedAtMs: row.pausedAtMs,
      can: { capture: capture && !over, stop: stop && row.state === "active", pause: own && row.state === "active", forget: own && !over },
      links: this.#links(row, viewer, rewind && !over),
      serverTimeMs: clock.now(),
    };
  }

  /** Of the newest segment. What cannot be read (any more) is no reason to tell nothing of the session. */
  async #video(row: SessionRow): Promise<Session["video"]> {
    const buffer = await this.#parts.store.buffers.open(folderOf(row));
    const newest = buffer.segments.at(-1);
    return newest === undefined
      ? null
      : buffer.encoding(newest).then(
          ({ video: { codec, width, height } }) => ({ codec, width, height }),
          () => null,
        );
  }

  #links(row: SessionRow, viewer: Viewer, may: boolean): Session["links"] {
    if (!may) return { live: null, strip: null };
    const token = this.#parts.links.sign("session", row.id, linkHolderOf(viewer));
    const link = (file: string): string => `${viewer.base}${basePath}/sessions/${row.id}/${file}?token=${token}`;
    return { live: link("live.m3u8"), strip: this.#parts.hasPictures ? link("strip.jpg") : null };
  }

  /** How far back the buffer reaches, with gaps that no segment has told of yet; null before the first segment. */
  async window(row: SessionRow): Promise<BufferWindow | null> {
    const { store, states } = this.#parts;
    const buffer = await store.buffers.open(folderOf(row));
    const window = buffer.window();
    if (!window) return null;
    const later = states.of(row.id).gaps.filter((gap) => gap.toMs > window.toMs);
    return later.length === 0 ? window : { ...window, gaps: [...window.gaps, ...later] };
  }

  /** The sessions of a room that can still be captured, oldest first. */
  async ofRoom(rows: readonly SessionRow[], viewer: Viewer): Promise<Session[]> {
    const there = rows.filter((row) => !this.#parts.grace.isOver(row)).sort((one, other) => one.startedAtMs - other.startedAtMs);
    const views: Session[] = [];
    for (const row of there) views.push(await this.of(row, viewer));
    return views;
  }

  /** The event that tells of a moved window; null while there is none. */
  async windowEvent(row: SessionRow): Promise<RoomEvent | null> {
    const window = await this.window(row);
    return window && { type: "window", sessionId: row.id, window, serverTimeMs: this.#parts.clock.now() };
  }
}
