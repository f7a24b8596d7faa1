/** A part of a clip that is still segments: which of them it needs, its first frame, and how the last segment must be cut. */
import { type Micros, micros } from "@livekit-replay/contract";
import { timeline } from "../clip/assembly.js";
import type { FlatStretch } from "../clip/parts.js";
import { describeSegment } from "../segment/describe.js";
import { keepFrames, type PlayedRange, type ShownFrames, type TrimRefusal } from "./frames.js";

/** A part of a clip. Segments are counted over all stretches, from 0. */
export interface TrimmedPieces {
  readonly kind: "kept";
  readonly firstSegment: number;
  /** The first frame shown, on the timeline of its segment's run. */
  readonly startPts: Micros;
  readonly lastSegment: number;
  /** Null: the last segment is taken whole. Else frames before `endPts` stay, and the last one is shown until `holdUntilPts` (see `cutSegment`). */
  readonly cut: { readonly endPts: Micros; readonly holdUntilPts: Micros } | null;
  /** What plays. */
  readonly duration: Micros;
}

/** A frame's place among the segments, and when it is shown. */
interface Place {
  readonly segment: number;
  readonly pts: number;
}

/**
 * When the frames of a clip that is still segments are shown: as in its MP4.
 * @param startPts the clip's first frame: PTS of a frame of the first segment.
 * @throws as `planFlat`, but for several codecs.
 */
export function pieceFrames<R>(stretches: readonly FlatStretch<R>[], startPts: Micros): ShownFrames {
  const head = stretches[0]?.segments[0];
  if (!head) throw new TypeError("stretches must hold segments");
  const hidden = startPts - describeSegment(head.head, head.sizeBytes).info.startPts;
  const { video } = timeline(stretches).assembly;
  const times = new Float64Array(video.ticks.length);
  let at = -hidden;
  video.ticks.values.forEach((ticks, frame) => {
    times[frame] = at;
    at += ticks;
  });
  return { times, total: video.end - hidden };
}

/**
 * Finds a part of a clip by its playing time, which is that of its MP4.
 * @param startPts the clip's first frame: PTS of a frame of the first segment.
 * @throws as `planFlat`, but for several codecs, which do no harm here.
 */
export function trimPieces<R>(stretches: readonly FlatStretch<R>[], startPts: Micros, range: PlayedRange): TrimmedPieces | TrimRefusal {
  const segments = stretches.flatMap((stretch) => stretch.segments).map(({ head, sizeBytes }) => describeSegment(head, sizeBytes));
  const { times, total } = pieceFrames(stretches, startPts);
  const kept = keepFrames(times, total, range);
  if (kept.kind !== "kept") return kept;
  const places = segments.flatMap(({ video: { pts } }, segment): Place[] => Array.from(pts, (time) => ({ segment, pts: time })));
  const [begin, end, next] = [places[kept.first], places[kept.last], places[kept.last + 1]];
  const last = end && segments[end.segment];
  if (!begin || !end || !last) throw new TypeError("stretches: the timeline has other frames than the segments");
  const holdUntilPts = micros(end.pts + kept.end - (times[kept.last] ?? 0));
  const isWhole = next?.segment !== end.segment && holdUntilPts === last.info.endPts;
  return {
    kind: "kept",
    firstSegment: begin.segment,
    startPts: micros(begin.pts),
    lastSegment: end.segment,
    cut: isWhole ? null : { endPts: micros(end.pts + 1), holdUntilPts },
    duration: micros(kept.end - kept.start),
  };
}
