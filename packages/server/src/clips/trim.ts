/**
 * A part of a clip becomes a clip of its own, exact to the frame and without encoding anything; the old one stays.
 * While its pins are there it is made of them, as a capture is made of a buffer: playable at once. Later, and where egress recorded, it is copied from the MP4.
 */
import { type Gap, type Micros, micros, ReplayError, type TrimClip, type WallMs, wallMs } from "@livekit-replay/contract";
import { readMovieFile, trimMovie, type TrimRefusal, writePlaylist } from "@livekit-replay/media";
import { addressOf } from "../catalog/places.js";
import type { Catalog, ClipRow } from "../catalog/port.js";
import type { EventBus } from "../events/bus.js";
import type { Clock } from "../platform/clock.js";
import { newId } from "../platform/ids.js";
import type { QuotaLedger } from "../quotas/ledger.js";
import type { Logger } from "../store/log.js";
import { PINNED_MOVIE } from "../store/names.js";
import type { Store } from "../store/open.js";
import { ClipBirth, type OwnFields } from "./birth.js";
import type { ClipFinaliser } from "./finalise.js";
import { readClip } from "./material.js";
import { type PartOfPins, partOfPins } from "./trim-pins.js";
import type { UnsettledClips } from "./unsettled.js";

/** A part that somebody asks for who may edit the clip. */
export interface TrimOptions {
  readonly clip: ClipRow;
  readonly body: TrimClip;
  /** The `Idempotency-Key` header: the same key for the same clip gives the same part. */
  readonly idempotencyKey: string | undefined;
  /** Seconds of `Prefer: wait`; null: a part that cannot be played before its MP4 is there is waited for all the same. */
  readonly waitSeconds: number | null;
}

/** What a `ClipTrim` works with. */
export interface ClipTrimParts {
  readonly catalog: Catalog;
  readonly ledger: QuotaLedger;
  readonly store: Store;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly unsettled: Pick<UnsettledClips, "add">;
  readonly finaliser: Pick<ClipFinaliser, "enqueue" | "waitLate" | "waitReady">;
}

/** A part that cannot be played before its MP4 is there is answered after this at the latest. */
const playableLimitMs = 15_000;
/** Gaps up to this are played as a longer frame; longer ones are left out. */
const longestHoldMs = 1000;
/** A joint may be moved by some ms, so that sound fits. */
const jointSlackMs = 5;
/** Into the first frame, as the playlists of captures point (see `clipPlaylist`). */
const intoFrame = 100;

/** What of the new row comes from the part. */
type PartFields = Pick<ClipRow, "durationMs" | "startsAtMs" | "endsAtMs" | "container" | "video" | "audio">;

/** Makes parts of clips. Holds nothing but those under way. */
export class ClipTrim {
  readonly #parts: ClipTrimParts;
  readonly #birth: ClipBirth;

  constructor(parts: ClipTrimParts) {
    this.#parts = parts;
    this.#birth = new ClipBirth(parts);
  }

  /**
   * Keeps a part of a clip as a new clip of the same owner.
   * @throws ReplayError `invalid_request`, `quota_exceeded`, `disk_full`, `clip_not_found`, `not_ready`; nothing is left behind then.
   */
  async trim({ clip, body, idempotencyKey, waitSeconds }: TrimOptions): Promise<ClipRow> {
    // No key has a space in it: a part never answers for a capture with the same key.
    const key = idempotencyKey === undefined ? null : `${clip.userId}:trim ${clip.id} ${idempotencyKey}`;
    const made = await this.#birth.once(key, () => this.#make(clip, body, key));
    const limitMs = waitSeconds === null ? (made.container === "mp4" ? playableLimitMs : 0) : waitSeconds * 1000;
    if (limitMs === 0) return made;
    return (await this.#parts.finaliser.waitReady(made.id, limitMs)) ?? made;
  }

  async #make(clip: ClipRow, body: TrimClip, key: string | null): Promise<ClipRow> {
    const born = await readClip(this.#parts, clip, {
      ofPins: (source) => this.#ofPins(source, body, key),
      ofMovie: (source) => this.#ofMovie(source, body, key),
    });
    this.#announce(born);
    return born;
  }

  #announce(born: ClipRow): void {
    const { finaliser, bus } = this.#parts;
    finaliser.enqueue(born);
    bus.publish({ type: "clip", clip: born });
    bus.publish({ type: "quota", userId: born.userId });
  }

  async #ofPins(source: ClipRow, body: TrimClip, key: string | null): Promise<ClipRow> {
    const { pins } = this.#parts.store;
    const part = await partOfPins(pins, addressOf(source), rangeOf(body));
    if (part.kind !== "kept") throw refusal(part);
    const { userId } = source;
    return this.#birth.bear({
      userId,
      clipId: newId(),
      key,
      reserved: part.boundBytes,
      pin: (atMs) => pins.pin({ ...part.pin, userId, atMs }),
      row: (own) => rowOf(source, body, own, fieldsOf(part)),
      announce: (clip) => this.#announce(clip),
    });
  }

  async #ofMovie(source: ClipRow, body: TrimClip, key: string | null): Promise<ClipRow> {
    const { pins, clips } = this.#parts.store;
    const clip = addressOf(source);
    const { tracks } = await clips.inspect(clip, readMovieFile);
    const part = trimMovie(tracks, PINNED_MOVIE, rangeOf(body));
    if (part.kind !== "kept") throw refusal(part);
    const { userId, container: _, video, audio } = source;
    // Where links are refused, the old MP4 is on the disk twice until the part is made.
    const copied = pins.health().status === "ok" ? 0 : source.sizeBytes;
    return this.#birth.bear({
      userId,
      clipId: newId(),
      key,
      reserved: part.plan.sizeBytes + copied,
      pin: (atMs) => pins.pinMovie({ clip, playlist: partPlaylist(part, wallMs(source.startsAtMs)), userId, atMs }).catch(sourceGone),
      row: (own) =>
        rowOf(source, body, own, {
          durationMs: (part.end - part.start) / 1000,
          startsAtMs: wallOf(source, part.start / 1000, "start"),
          endsAtMs: wallOf(source, part.end / 1000, "end"),
          container: "mp4",
          video,
          audio,
        }),
      announce: (clip) => this.#announce(clip),
    });
  }
}

const rangeOf = ({ startMs, endMs }: TrimClip): { start: Micros; end: Micros } => ({
  start: micros(startMs * 1000),
  end: micros(endMs * 1000),
});

const sentences: Readonly<Record<TrimRefusal["kind"], readonly [field: string, message: string]>> = {
  outside: ["endMs", "must be within the clip"],
  short: ["endMs", "must be at least a frame after startMs"],
};

function refusal({ kind }: TrimRefusal): ReplayError {
  const [field, message] = sentences[kind];
  return new ReplayError("invalid_request", { detail: `${field}: ${message}`, errors: [{ field, message }] });
}

/** Deleted while it was being trimmed. */
function sourceGone(error: unknown): never {
  throw error instanceof ReplayError && error.code === "no_segments" ? new ReplayError("clip_not_found", { cause: error }) : error;
}

/** Says which part of the pinned MP4 the clip is: from `EXT-X-START` to the end of its only segment. Read back by `writeTrimmed`; nobody plays it. */
const partPlaylist = ({ start, end }: { readonly start: Micros; readonly end: Micros }, startWall: WallMs): string =>
  writePlaylist({
    kind: "vod",
    targetSeconds: Math.max(1, Math.ceil(end / 1e6)),
    mediaSequence: 0,
    discontinuitySequence: 0,
    start: micros(start + intoFrame),
    ended: true,
    segments: [{ path: PINNED_MOVIE, duration: end, map: null, discontinuity: false, startWall }],
  });

const fieldsOf = ({ duration, startsAt, endsAt, video, audio }: PartOfPins): PartFields => ({
  durationMs: duration / 1000,
  startsAtMs: startsAt,
  endsAtMs: endsAt,
  container: "cmaf",
  video,
  audio,
});

/** Wall time of an instant of a clip's playing time: gaps over a second are left out of what plays. */
export function wallOf({ startsAtMs, gaps }: Pick<ClipRow, "startsAtMs" | "gaps">, playedMs: number, side: "start" | "end"): number {
  const slack = side === "start" ? jointSlackMs : -jointSlackMs;
  const leftOut = gaps.filter(({ fromMs, toMs }) => toMs - fromMs > longestHoldMs && fromMs >= startsAtMs);
  return leftOut.reduce((wall, { fromMs, toMs }) => (wall + slack >= fromMs ? wall + toMs - fromMs : wall), startsAtMs + playedMs);
}

const within = (gaps: readonly Gap[], fromMs: number, toMs: number): readonly Gap[] =>
  gaps
    .filter((gap) => gap.fromMs < toMs && gap.toMs > fromMs)
    .map((gap) => ({ ...gap, fromMs: Math.max(gap.fromMs, fromMs), toMs: Math.min(gap.toMs, toMs) }));

/** Whose it is, and of whose share, is inherited; posts are not. */
function rowOf(source: ClipRow, { startMs, endMs }: TrimClip, own: OwnFields, part: PartFields): ClipRow {
  const { ownerName, sessionId, roomName, communityId, sharerId, sharerName, title } = source;
  return {
    ...own,
    ...part,
    ...{ ownerName, sessionId, roomName, communityId, sharerId, sharerName, title },
    state: "pinned",
    requestedMs: endMs - startMs,
    gaps: within(source.gaps, part.startsAtMs, part.endsAtMs),
    notYetMs: 0,
    readyAtMs: null,
    pinsGone: false,
  };
}
