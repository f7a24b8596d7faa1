/**
 * A run's init file: `ftyp` and `moov` without samples. mediabunny writes it, because the sample entries (avcC, vpcC, av1C, dOps) are its trade;
 * the video's time scale is then set to ours, and what `vpcC` says of colours to "not said", for both of which mediabunny has no knob.
 */
import { EncodedAudioPacketSource, EncodedPacket, EncodedVideoPacketSource, Mp4OutputFormat, NullTarget, Output } from "mediabunny";
import { concat } from "./box.js";
import type { AudioFormat, RunFormat, VideoKind } from "./gop.js";
import { VIDEO_TIMESCALE } from "./layout.js";
import { muxerNames, opusConfig } from "./muxer.js";
import { type Box, boxesIn, descend, one } from "./parse.js";
import { checkFirstKeyframe } from "./payload.js";

/** An Opus packet of 20 ms of silence: only its presence matters here. */
const SOME_PACKET = Uint8Array.of(0xf8, 0xff, 0xfe);

const addSound = (source: EncodedAudioPacketSource, format: AudioFormat): Promise<void> =>
  source.add(new EncodedPacket(SOME_PACKET, "key", 0, 0.02), { decoderConfig: opusConfig(format) });

/** The only sample entry of the first (video) track is where children of its own begin after 78 bytes (ISO/IEC 14496-12, 12.1.3). */
function configBox(init: Uint8Array, stsd: Box, type: string): Box | undefined {
  const [entry] = boxesIn(init, stsd.body + 8, stsd.end);
  return entry && boxesIn(init, entry.body + 78, entry.end).find((child) => child.type === type);
}

/** `mdhd`: version 0, the time scale after version, flags and two times. `vpcC`: version and flags, profile, level, depth; for VP8 mediabunny knows none of them; then colours. */
function patch(init: Uint8Array, kind: VideoKind): void {
  const moov = one(boxesIn(init, 0, init.length), "moov");
  const trak = boxesIn(init, moov.body, moov.end).find((child) => child.type === "trak");
  if (!trak) throw new TypeError("firstKeyframe made no video track");
  const mdhd = descend(init, trak, ["mdia", "mdhd"]);
  new DataView(init.buffer, init.byteOffset).setUint32(mdhd.body + 12, VIDEO_TIMESCALE);
  const vpcC = configBox(init, descend(init, trak, ["mdia", "minf", "stbl", "stsd"]), "vpcC");
  if (!vpcC) return;
  // VP8 has one profile worth the name, 8 bits, 4:2:0; its level is not defined, and writers agree on 0.
  if (kind === "vp8") init.set([0, 0, 0x82], vpcC.body + 4);
  init.set([2, 2, 2], vpcC.body + 7);
}

/**
 * The init bytes of a run (ISO/IEC 14496-12, 8.8): track 1 video in µs, track 2 (if there is sound) Opus at 48000.
 * @param firstKeyframe in the form of `Sample.data`. H.264: its SPS and PPS become the `avcC` of the sample entry. The others say all in `format.video.codec`.
 * @throws TypeError when it is no keyframe that a run can begin with.
 */
export async function muxInit(format: RunFormat, firstKeyframe: Uint8Array): Promise<Uint8Array> {
  const { kind, codec, width, height } = format.video;
  checkFirstKeyframe(kind, firstKeyframe);
  const parts: Uint8Array[] = [];
  const keep = (data: Uint8Array): void => {
    parts.push(data.slice());
  };
  const output = new Output({
    target: new NullTarget(),
    format: new Mp4OutputFormat({ fastStart: "fragmented", onFtyp: keep, onMoov: keep }),
  });
  const video = new EncodedVideoPacketSource(muxerNames[kind]);
  output.addVideoTrack(video);
  const audio = format.audio ? new EncodedAudioPacketSource("opus") : null;
  if (audio) output.addAudioTrack(audio);
  await output.start();
  await video.add(new EncodedPacket(firstKeyframe, "key", 0, 0.02), { decoderConfig: { codec, codedWidth: width, codedHeight: height } });
  if (audio && format.audio) await addSound(audio, format.audio);
  await output.finalize();
  const init = concat(parts);
  patch(init, kind);
  return init;
}
