/** What egress is asked to do: size and rate of the picture, length and names of the segments. Pure. */
import type { Millis } from "@livekit-replay/contract";
import { EncodingOptions, SegmentedFileOutput, SegmentedFileProtocol } from "@livekit/protocol";
import type { EgressPaths } from "../../store/egress-folder.js";

/** A picture's size in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Egress scales to a fixed size: nothing larger than this, which costs a core already. */
const largest: PictureSize = { width: 1920, height: 1080 };
const frameRate = 30;
/** kbit/s at the largest size; less in proportion for smaller ones, but text must stay readable. */
const mostKbps = 4500;
const leastKbps = 1000;

const even = (value: number): number => Math.max(2, Math.round(value / 2) * 2);

/** The size that a share is recorded in: its own, scaled down where it is larger than 1080p. */
function recordedSize({ width, height }: PictureSize): PictureSize {
  if (width <= 0 || height <= 0) return largest;
  const scale = Math.min(1, largest.width / width, largest.height / height);
  return { width: even(width * scale), height: even(height * scale) };
}

/** How egress encodes: a keyframe at each segment's start, because its splitter waits for one. */
export function encodingFor(share: PictureSize, segment: Millis): EncodingOptions {
  const { width, height } = recordedSize(share);
  const kbps = Math.max(leastKbps, Math.round((mostKbps * width * height) / (largest.width * largest.height)));
  return new EncodingOptions({ width, height, framerate: frameRate, videoBitrate: kbps, keyFrameInterval: segment / 1000 });
}

/** Where the segments go. Without a manifest: it says nothing that the folder does not. */
export function outputFor(paths: EgressPaths, segment: Millis): SegmentedFileOutput {
  return new SegmentedFileOutput({
    protocol: SegmentedFileProtocol.HLS_PROTOCOL,
    filenamePrefix: paths.filenamePrefix,
    playlistName: paths.playlistName,
    livePlaylistName: paths.livePlaylistName,
    segmentDuration: Math.max(1, Math.round(segment / 1000)),
    disableManifest: true,
  });
}
