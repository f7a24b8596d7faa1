/**
 * Sound for runs that have none, at the moment they are served: a player's source buffer takes only inits with the same tracks
 * (Media Source Extensions, 3.5.8), so a playlist in which runs with and without sound follow each other would stop at the joint.
 * What is on disk stays as it was recorded.
 */
import { box, concat, fullBox, u16, u32, zeros } from "./box.js";
import { describeSegment } from "./describe.js";
import { writeHead } from "./fragment.js";
import { parseInit } from "./init-parse.js";
import { AUDIO_TIMESCALE, AUDIO_TRACK, audioTicks, KEY_SAMPLE } from "./layout.js";
import { boxesIn, one } from "./parse.js";
import { silence } from "./silence.js";
import { media, trackHeader } from "./track.js";

const CHANNELS = 2;

/** A packet's length on the grid that silent packets lie on. */
const GRID_TICKS = 960;

/** `Opus` with `dOps` ("Encapsulation of Opus in ISO Base Media File Format", 4.3): 16 bits, 48000, no pre-skip. */
const opusEntry = (): Uint8Array => {
  const dOps = box("dOps", Uint8Array.of(0, CHANNELS), u16(0), u32(AUDIO_TIMESCALE), zeros(3));
  return box("Opus", zeros(6), u16(1), zeros(8), u16(CHANNELS, 16), zeros(4), u16(AUDIO_TIMESCALE, 0), dOps);
};

/** A sound track without samples, as fragments want it. */
function opusTrack(): Uint8Array {
  const shape = { id: AUDIO_TRACK, kind: "audio", timescale: AUDIO_TIMESCALE, width: 0, height: 0 } as const;
  const empty = ["stts", "stsc", "stco"].map((type) => fullBox(type, 0, 0, u32(0)));
  const stbl = box("stbl", fullBox("stsd", 0, 0, u32(1), opusEntry()), ...empty, fullBox("stsz", 0, 0, u32(0, 0)));
  return box("trak", trackHeader(shape, 0), media(shape, 0, stbl));
}

/**
 * The init of a run with an Opus track added; one that has sound comes back as it is.
 * @throws MediaFormatError when the bytes are no init of ours.
 */
export function silentInit(init: Uint8Array): Uint8Array {
  if (parseInit(init).format.audio) return init;
  const moov = one(boxesIn(init, 0, init.length), "moov");
  const children = boxesIn(init, moov.body, moov.end);
  const mvex = one(children, "mvex");
  const keep = children.filter(({ type }) => type !== "mvex").map(({ start, end }) => init.subarray(start, end));
  const trex = fullBox("trex", 0, 0, u32(AUDIO_TRACK, 1, 0, 0, KEY_SAMPLE));
  return concat([init.subarray(0, moov.start), box("moov", ...keep, opusTrack(), box("mvex", init.subarray(mvex.body, mvex.end), trex))]);
}

/**
 * A segment with silence for its whole length; one that has sound comes back as it is. Segments that continue each other still do, in both tracks:
 * packets lie on a grid of 20 ms of the run's timeline.
 * @param bytes the whole segment file.
 * @throws MediaFormatError when the bytes are no segment of ours.
 */
export function silentSegment(bytes: Uint8Array): Uint8Array {
  const { info, video, audio } = describeSegment(bytes);
  if (audio) return bytes;
  const toGrid = (pts: number): number => Math.ceil(audioTicks(pts) / GRID_TICKS) * GRID_TICKS;
  const decodeTime = toGrid(info.startPts);
  const packets = silence(toGrid(info.endPts) - decodeTime);
  const silent = {
    decodeTime,
    ticks: Uint32Array.from(packets, ({ ticks }) => ticks),
    size: Uint32Array.from(packets, ({ data }) => data.length),
    key: null,
  };
  const head = writeHead({
    ...info,
    video: { decodeTime: video.pts[0] ?? 0, ticks: video.ticks, size: video.size, key: video.key },
    audio: packets.length > 0 ? silent : null,
  });
  return concat([head, bytes.subarray(info.headBytes), ...packets.map(({ data }) => data)]);
}
