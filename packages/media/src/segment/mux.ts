/** A GOP becomes a segment's bytes: `styp prft uuid moof mdat`, self-describing, in one allocation. A tail is the same made from the open GOP. */
import type { Micros } from "@livekit-replay/contract";
import { type TrackSamples, writeHead } from "./fragment.js";
import type { Gop, Sample } from "./gop.js";
import { audioTicks } from "./layout.js";
import { type Payload, payloadOf } from "./payload.js";

/** Times are checked here and nowhere later: a table with a wrong time is a clip that stalls. */
function checkTimes(name: string, samples: readonly Sample[], start: Micros, end: Micros): void {
  let previous = -1;
  for (const { pts } of samples) {
    if (!Number.isSafeInteger(pts) || pts < start || pts <= previous)
      throw new TypeError(`${name}: pts must be whole µs that grow and are not before startPts (${pts} after ${previous})`);
    previous = pts;
  }
  if (previous >= end) throw new TypeError(`${name}: the last pts must be before endPts`);
}

function check(gop: Gop): void {
  const { run, number, startPts, endPts, startWall, video, audio, format } = gop;
  if (!Number.isSafeInteger(run) || run < 0 || run > 0xffffffff) throw new TypeError("run must be a whole number of 32 bits");
  if (!Number.isSafeInteger(number) || number < 0 || number >= 0xffffffff)
    throw new TypeError("number must be a whole number below 2^32 - 1");
  if (!Number.isFinite(startWall) || startWall < 0) throw new TypeError("startWall must be an instant after 1970");
  if (!Number.isSafeInteger(startPts) || startPts < 0) throw new TypeError("startPts must be whole µs, not negative");
  if (!Number.isSafeInteger(endPts) || endPts - startPts > 0xffffffff)
    throw new TypeError("endPts must be whole µs, at most 2^32 after startPts");
  if (video[0]?.pts !== startPts || !video[0].key) throw new TypeError("video must begin with a keyframe at startPts");
  if (!format.audio && audio.length > 0) throw new TypeError("audio must be empty in a run without sound");
  checkTimes("video", video, startPts, endPts);
  checkTimes("audio", audio, startPts, endPts);
}

function videoTable(gop: Gop, frames: readonly Payload[]): TrackSamples {
  const { video, startPts, endPts } = gop;
  return {
    decodeTime: startPts,
    ticks: Uint32Array.from(video, (sample, i) => (video[i + 1]?.pts ?? endPts) - sample.pts),
    size: Uint32Array.from(frames, ({ size }) => size),
    key: Uint8Array.from(video, (sample) => (sample.key ? 1 : 0)),
  };
}

/** Ticks are differences of rounded instants, not rounded durations: so nothing adds up over a recording. */
function audioTable(audio: readonly Sample[]): TrackSamples | null {
  const first = audio[0];
  if (!first) return null;
  const end = (sample: Sample, i: number): number => audio[i + 1]?.pts ?? sample.pts + sample.duration;
  const ticks = Uint32Array.from(audio, (sample, i) => audioTicks(end(sample, i)) - audioTicks(sample.pts));
  if (ticks.includes(0)) throw new TypeError("audio: a packet must last a tick of the track");
  return {
    decodeTime: audioTicks(first.pts),
    ticks,
    size: Uint32Array.from(audio, (sample) => sample.data.length),
    key: null,
  };
}

/**
 * The bytes of one segment (ISO/IEC 14496-12, 8.8; CMAF chunk layout with video, then sound in `mdat`).
 * Media times are those of the Gop, exactly (video in µs, audio in 1/48000 s); `mfhd` is the number plus one.
 * @throws TypeError naming the field, when the Gop breaks its own rules (no keyframe first, times that do not grow, no Annex B in a run of H.264).
 */
export function muxSegment(gop: Gop): Uint8Array {
  check(gop);
  const frames = gop.video.map(({ data }) => payloadOf(gop.format.video.kind, data));
  const video = videoTable(gop, frames);
  const audio = audioTable(gop.audio);
  const head = writeHead({ ...gop, video, audio });
  const payload = [...video.size, ...(audio?.size ?? [])].reduce((sum, size) => sum + size, 0);
  const bytes = new Uint8Array(head.length + payload);
  bytes.set(head);
  let at = head.length;
  for (const frame of frames) at = frame.write(bytes, at);
  for (const { data } of gop.audio) {
    bytes.set(data, at);
    at += data.length;
  }
  return bytes;
}
