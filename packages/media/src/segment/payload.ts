/** How an access unit lies in MP4: length-prefixed NAL units for H.264, as it is for the other codecs. */
import { parseVp8Frame } from "../codec/vp8.js";
import { parseVp9Frame } from "../codec/vp9.js";
import { nalType } from "../codec/h264.js";
import { obusOf, obuType } from "../codec/obu.js";
import type { VideoKind } from "./gop.js";
import { prefixedSize, unitsOf, writePrefixed } from "./nal.js";

/** An access unit, ready to be written. */
export interface Payload {
  readonly size: number;
  /** Writes it to `target` at `at` and returns where it ends. */
  readonly write: (target: Uint8Array, at: number) => number;
}

function asItIs(data: Uint8Array): Payload {
  if (data.length === 0) throw new TypeError("data must not be empty");
  return {
    size: data.length,
    write: (target, at) => {
      target.set(data, at);
      return at + data.length;
    },
  };
}

function lengthPrefixed(data: Uint8Array): Payload {
  const units = unitsOf(data);
  return { size: prefixedSize(units), write: (target, at) => writePrefixed(units, target, at) };
}

/**
 * An access unit as MP4 holds it.
 * @throws TypeError when it is none of this codec: H.264 without a start code, or no bytes.
 */
export const payloadOf = (kind: VideoKind, data: Uint8Array): Payload => (kind === "h264" ? lengthPrefixed(data) : asItIs(data));

function isAvcKey(keyframe: Uint8Array): boolean {
  const types = new Set<number>(unitsOf(keyframe).map((unit) => (unit[0] ?? 0) & 31));
  return types.has(nalType.sps) && types.has(nalType.pps);
}

interface KeyCheck {
  readonly needs: string;
  readonly holds: (keyframe: Uint8Array) => boolean;
}

const keyChecks: Readonly<Record<VideoKind, KeyCheck>> = {
  h264: { needs: "an SPS and a PPS", holds: isAvcKey },
  vp8: { needs: "a VP8 keyframe", holds: (keyframe) => parseVp8Frame(keyframe)?.key === true },
  vp9: { needs: "a VP9 keyframe", holds: (keyframe) => parseVp9Frame(keyframe)?.key === true },
  av1: { needs: "a sequence header in front", holds: (keyframe) => obusOf(keyframe)?.[0]?.type === obuType.sequence },
};

/**
 * Checks that a run can begin with it: a keyframe with all that a decoder needs.
 * @throws TypeError saying what it lacks.
 */
export function checkFirstKeyframe(kind: VideoKind, data: Uint8Array): void {
  const { needs, holds } = keyChecks[kind];
  if (!holds(data)) throw new TypeError(`firstKeyframe must hold ${needs}`);
}
