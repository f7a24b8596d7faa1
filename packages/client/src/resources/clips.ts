/** Clips: capture, library, one clip, rename, share, delete. */
import {
  clipPageSchema,
  clipSchema,
  framesSchema,
  postSchema,
  type CaptureInput,
  type Clip,
  type ClipPage,
  type ClipQuery,
  type EditClip,
  type Frames,
  type FramesQuery,
  type PageQuery,
  type Post,
  type ShareClip,
  type StripQuery,
  type TrimClip,
} from "@livekit-replay/contract";
import { isRefusal } from "../request/error.js";
import type { Transport } from "../request/transport.js";
import { askStrip, type StripImage } from "./strip.js";

/** How a capture is sent. */
export interface CaptureOptions {
  /** The same key gives the same clip, however often it is sent. Default: a new one for each call, so that a retry never makes two clips. */
  readonly idempotencyKey?: string;
  /** Seconds to wait for the MP4 before the answer comes (`Prefer: wait`, RFC 7240). Default: do not. */
  readonly waitSeconds?: number;
  readonly signal?: AbortSignal;
}

/** So long the server waits for segments that come late (`waitForNewest`). */
const NEWEST_MS = 30_000;
/** The server waits for the MP4 that a part is copied from, and for the part where it cannot be played before. */
const TRIM_MS = 60_000;

const pathOf = (clipId: string): string => `/clips/${encodeURIComponent(clipId)}`;

/** Clips: the caller's, and those of others that the caller may see. */
export class ClipsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * `POST /capture`: keeps the last minutes, or a range, of a session. Say in `endAtMs` when the button was pressed, in server time
   * (`client.clock.at(…)`), or a slow network moves the end. Throws `no_segments`, `quota_exceeded`, `disk_full`, `permission_denied`, `session_not_found`.
   */
  async capture(body: CaptureInput, options: CaptureOptions = {}): Promise<Clip> {
    const { idempotencyKey = crypto.randomUUID(), waitSeconds, signal } = options;
    const headers: Record<string, string> = { "idempotency-key": idempotencyKey };
    if (waitSeconds !== undefined) headers["prefer"] = `wait=${waitSeconds}`;
    return await this.#transport.json(
      {
        method: "POST",
        path: "/capture",
        body,
        headers,
        idempotent: true,
        timeoutMs: 20_000 + (waitSeconds ?? 0) * 1000 + (body.waitForNewest === true ? NEWEST_MS : 0),
        ...(signal && { signal }),
      },
      clipSchema,
    );
  }

  /** `GET /my-clips`: a page of the caller's clips, with the quota. */
  async mine(query: Partial<ClipQuery> = {}, signal?: AbortSignal): Promise<ClipPage> {
    return await this.#transport.json(
      { method: "GET", path: "/my-clips", query: { ...query, q: query.q === "" ? undefined : query.q }, ...(signal && { signal }) },
      clipPageSchema,
    );
  }

  /** `GET /clips-of-me`: a page of clips that others made of the caller's shares. The caller may withdraw them (`delete`); whether they play is in `can`. */
  async ofMe(query: Partial<PageQuery> = {}, signal?: AbortSignal): Promise<ClipPage> {
    return await this.#transport.json({ method: "GET", path: "/clips-of-me", query, ...(signal && { signal }) }, clipPageSchema);
  }

  /** `GET /clips/:id`. Throws `clip_not_found`, also for a clip that the caller may not know of. */
  async get(clipId: string, signal?: AbortSignal): Promise<Clip> {
    return await this.#transport.json({ method: "GET", path: pathOf(clipId), ...(signal && { signal }) }, clipSchema);
  }

  /** `PATCH /clips/:id`: a new title. */
  async edit(clipId: string, body: EditClip): Promise<Clip> {
    return await this.#transport.json({ method: "PATCH", path: pathOf(clipId), body, idempotent: true }, clipSchema);
  }

  /** `DELETE /clips/:id`: final. A clip that is gone already counts as deleted. `keepalive`: send it although the page is being left. */
  async delete(clipId: string, options: { readonly keepalive?: boolean } = {}): Promise<void> {
    try {
      await this.#transport.empty({ method: "DELETE", path: pathOf(clipId), keepalive: options.keepalive ?? false });
    } catch (error) {
      if (!isRefusal(error, "clip_not_found")) throw error;
    }
  }

  /**
   * `POST /clips/:id/trim`: keeps a part of the clip, exact to the frame, as a new clip; the old one stays. Throws `invalid_request` for a part that is not within the clip
   * or shorter than a frame, `quota_exceeded`, `disk_full`, `clip_not_found`, `not_ready`.
   */
  async trim(
    clipId: string,
    body: TrimClip,
    { idempotencyKey = crypto.randomUUID(), waitSeconds, signal }: CaptureOptions = {},
  ): Promise<Clip> {
    const headers: Record<string, string> = { "idempotency-key": idempotencyKey };
    if (waitSeconds !== undefined) headers["prefer"] = `wait=${waitSeconds}`;
    const timeoutMs = TRIM_MS + (waitSeconds ?? 0) * 1000;
    return await this.#transport.json(
      { method: "POST", path: `${pathOf(clipId)}/trim`, body, headers, idempotent: true, timeoutMs, ...(signal && { signal }) },
      clipSchema,
    );
  }

  /**
   * `GET /clips/:id/frames`: when the frames of a part of the clip are shown, in its own playing time, exact to 1 µs: `trim` goes by the same times.
   * Throws `clip_not_found`, `not_ready`.
   */
  async frames(clipId: string, query: Partial<FramesQuery> = {}, signal?: AbortSignal): Promise<Frames> {
    // An MP4 that is being made is waited for.
    const call = { method: "GET", path: `${pathOf(clipId)}/frames`, query, timeoutMs: TRIM_MS, ...(signal && { signal }) } as const;
    return await this.#transport.json(call, framesSchema);
  }

  /** `GET /clips/:id/strip.jpg`: one row of small pictures of the clip, and when each of them is shown, in its own playing time. Throws `not_ready` where pictures cannot be made. */
  async strip(clipId: string, query: Partial<StripQuery> = {}, signal?: AbortSignal): Promise<StripImage> {
    return await askStrip(this.#transport, `${pathOf(clipId)}/strip.jpg`, query, signal);
  }

  /** `POST /clips/:id/share`: posts the clip in a channel. Throws `channel_not_found`, `permission_denied`. */
  async share(clipId: string, body: ShareClip): Promise<Post> {
    return await this.#transport.json({ method: "POST", path: `${pathOf(clipId)}/share`, body }, postSchema);
  }
}
