/**
 * What copying cannot do with a clip: VP8 plays from no MP4 that a page can feed to a player, and one file holds one codec. Known from its runs alone,
 * so that a capture can charge for it before anything is made, and the finaliser finds the same from the pins.
 */
import { type ClipPlan, describeInit, fitOneFile, type RunFormat, type SegmentInfo, upperBoundBytes } from "@livekit-replay/media";
import type { ClipRow } from "../../catalog/port.js";

/** What has to be made of a clip. */
export interface ConversionNeed {
  /** Runs whose picture must be encoded as H.264 for the MP4. Empty: all is copied. */
  readonly encode: ReadonlySet<number>;
  /** It can be played at once as WebM. */
  readonly webm: boolean;
  /** Codecs of the picture as RFC 6381 (3.2) lists them: of the first run, and the others where one file cannot hold all. */
  readonly codec: string;
}

/** @param inits the init file of each run of the clip, in order. Throws MediaFormatError when one is not ours. */
export function conversionNeed(inits: ReadonlyMap<number, Uint8Array>): ConversionNeed {
  const formats = new Map([...inits].map(([run, init]): [number, RunFormat] => [run, describeInit(init).format]));
  const videos = [...formats.values()].map(({ video }) => video);
  const oneFile = fitOneFile([...inits.values()]);
  const [first] = videos;
  if (!first) throw new TypeError("inits must not be empty");
  const codec = oneFile ? first.codec : [...new Set(videos.map((video) => video.codec))].join();
  if (oneFile && first.kind !== "vp8") return { encode: new Set(), webm: false, codec };
  const encode = [...formats].filter(([, { video }]) => video.kind !== "h264").map(([run]) => run);
  return { encode: new Set(encode), webm: oneFile, codec };
}

/** Whether a row's MP4 has to be encoded: its codec (or one of them) is none that a player can be fed, or there are several. */
export const isEncoded = ({ video }: Pick<ClipRow, "video">): boolean => hasVp8({ video }) || video.codec.includes(",");
/** Whether HLS cannot play a clip: MSE knows no VP8 in MP4. */
export const hasVp8 = ({ video }: Pick<ClipRow, "video">): boolean => /(^|,)vp0?8/u.test(video.codec);
/** Whether a clip can be had as WebM while its pins are there. */
export const isVp8 = ({ video }: Pick<ClipRow, "video">): boolean => /^vp0?8[^,]*$/u.test(video.codec);

/**
 * At most so many bytes has a segment once its picture is H.264. The same picture needs about as much as VP8 did; twice that, and 64 kB for a keyframe of a
 * screen that stands still, are room enough at the quality that is asked for. The encoder is held to it: a segment that is larger is encoded more coarsely.
 */
export const encodedBoundBytes = (sizeBytes: number): number => 2 * sizeBytes + 65_536;

/**
 * What the conversion of a clip takes on disk at most, beside its pins: the WebM, which has the same samples as the pins, and the encoded MP4.
 * @param lateBytes what is allowed for segments that come behind the tail.
 */
export function conversionBoundBytes(
  plan: Pick<ClipPlan<SegmentInfo>, "stretches">,
  { encode, webm }: Pick<ConversionNeed, "encode" | "webm">,
  lateBytes: number,
): number {
  if (encode.size === 0) return 0;
  const stretches = plan.stretches.map((stretch) => ({
    ...stretch,
    segments: stretch.segments.map((segment) => ({
      ...segment,
      sizeBytes: encode.has(segment.run) ? encodedBoundBytes(segment.sizeBytes) : segment.sizeBytes,
    })),
  }));
  return upperBoundBytes({ stretches }) + encodedBoundBytes(lateBytes) + (webm ? upperBoundBytes(plan) + lateBytes : 0);
}
