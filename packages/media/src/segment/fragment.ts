/** The head of a segment: everything before the payload of `mdat`, from the tables of its samples. */
import type { Micros, WallMs } from "@livekit-replay/contract";
import { box, concat, fourcc, fullBox, u32, u64 } from "./box.js";
import * as layout from "./layout.js";
import { type Mark, writeMark } from "./mark.js";
import { toNtp } from "./ntp.js";

/** The samples of one track: sizes in bytes, durations in ticks of the track. */
export interface TrackSamples {
  /** Decode time of the first sample, in ticks. */
  readonly decodeTime: number;
  readonly ticks: Uint32Array;
  readonly size: Uint32Array;
  /** 1 for keyframes; null when every sample is one (audio). */
  readonly key: Uint8Array | null;
}

/** What a segment's head is made of. */
export interface Fragment extends Mark {
  readonly number: number;
  readonly startPts: Micros;
  readonly startWall: WallMs;
  readonly video: TrackSamples;
  /** Null when the segment holds no sound. */
  readonly audio: TrackSamples | null;
}

const payloadBytes = (track: TrackSamples | null): number => (track ? track.size.reduce((sum, size) => sum + size, 0) : 0);

function trun(track: TrackSamples, dataOffset: number): Uint8Array {
  const { ticks, size, key } = track;
  const fields = key ? 3 : 2;
  const bytes = new Uint8Array(8 + ticks.length * fields * 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, ticks.length);
  view.setInt32(4, dataOffset);
  let at = 8;
  for (let i = 0; i < ticks.length; i += 1) {
    view.setUint32(at, ticks[i] ?? 0);
    view.setUint32(at + 4, size[i] ?? 0);
    if (key) view.setUint32(at + 8, key[i] ? layout.KEY_SAMPLE : layout.OTHER_SAMPLE);
    at += fields * 4;
  }
  return fullBox("trun", 0, key ? layout.TRUN_FLAGS_WITH_KEYS : layout.TRUN_FLAGS, bytes);
}

const traf = (id: number, track: TrackSamples, dataOffset: number): Uint8Array =>
  box(
    "traf",
    fullBox("tfhd", 0, layout.TFHD_FLAGS, u32(id, track.key ? layout.OTHER_SAMPLE : layout.KEY_SAMPLE)),
    fullBox("tfdt", 1, 0, u64(track.decodeTime)),
    trun(track, dataOffset),
  );

/** `dataStart`: where the payload begins, counted from the start of `moof`. */
function moof(fragment: Fragment, dataStart: number): Uint8Array {
  const { number, video, audio } = fragment;
  const tracks = [traf(layout.VIDEO_TRACK, video, dataStart)];
  if (audio) tracks.push(traf(layout.AUDIO_TRACK, audio, dataStart + payloadBytes(video)));
  return box("moof", fullBox("mfhd", 0, 0, u32(number + 1)), ...tracks);
}

function prft(startPts: Micros, startWall: WallMs): Uint8Array {
  const { seconds, fraction } = toNtp(startWall);
  return fullBox("prft", 1, layout.PRFT_FLAGS, u32(layout.VIDEO_TRACK, seconds, fraction), u64(startPts));
}

/** `styp prft uuid moof` and the header of `mdat`; the samples follow: all of the video, then all of the sound. */
export function writeHead(fragment: Fragment): Uint8Array {
  const moofBytes = moof(fragment, 0).length;
  const payload = payloadBytes(fragment.video) + payloadBytes(fragment.audio);
  return concat([
    box("styp", fourcc("msdh"), u32(0), fourcc("msdh"), fourcc("cmfs")),
    prft(fragment.startPts, fragment.startWall),
    writeMark(fragment),
    moof(fragment, moofBytes + 8),
    u32(payload + 8),
    fourcc("mdat"),
  ]);
}
