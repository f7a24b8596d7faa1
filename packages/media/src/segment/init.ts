/**
 * A run's init file: `ftyp` and `moov` without samples. mediabunny writes it, because the sample entries (avcC, dOps, later vpcC and av1C) are its trade;
 * the video's time scale is then set to ours, which mediabunny has no knob for.
 */
import { EncodedAudioPacketSource, EncodedPacket, EncodedVideoPacketSource, Mp4OutputFormat, NullTarget, Output } from "mediabunny";
import { nalType } from "../codec/h264.js";
import { concat } from "./box.js";
import type { AudioFormat, RunFormat } from "./gop.js";
import { VIDEO_TIMESCALE } from "./layout.js";
import { unitsOf } from "./nal.js";
import { boxesIn, descend, one } from "./parse.js";

/** An Opus packet of 20 ms of silence: only its presence matters here. */
const SOME_PACKET = Uint8Array.of(0xf8, 0xff, 0xfe);

/** OpusHead (RFC 7845, 5.1) without pre-skip: a recording starts in the middle of a stream, and a pre-skip would shift its sound against the picture. */
const opusHead = (channels: number): Uint8Array =>
  Uint8Array.of(...Array.from("OpusHead", (letter) => letter.charCodeAt(0)), 1, channels, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0);

function checkKeyframe(keyframe: Uint8Array): void {
  const types = new Set<number>(unitsOf(keyframe).map((unit) => (unit[0] ?? 0) & 31));
  if (!types.has(nalType.sps) || !types.has(nalType.pps)) throw new TypeError("firstKeyframe must hold an SPS and a PPS");
}

const addSound = (source: EncodedAudioPacketSource, { channels, sampleRate }: AudioFormat): Promise<void> =>
  source.add(new EncodedPacket(SOME_PACKET, "key", 0, 0.02), {
    decoderConfig: { codec: "opus", numberOfChannels: channels, sampleRate, description: opusHead(channels) },
  });

/** `moov/trak/mdia/mdhd` of the first (video) track: version 0, the time scale after version, flags and two times. */
function setVideoTimescale(init: Uint8Array): void {
  const moov = one(boxesIn(init, 0, init.length), "moov");
  const trak = boxesIn(init, moov.body, moov.end).find((child) => child.type === "trak");
  if (!trak) throw new TypeError("firstKeyframe made no video track");
  const mdhd = descend(init, trak, ["mdia", "mdhd"]);
  new DataView(init.buffer, init.byteOffset).setUint32(mdhd.body + 12, VIDEO_TIMESCALE);
}

/**
 * The init bytes of a run (ISO/IEC 14496-12, 8.8): track 1 video in µs, track 2 (if there is sound) Opus at 48000.
 * @param firstKeyframe Annex B, with SPS and PPS in front; they become the `avcC` of the sample entry.
 * @throws TypeError when the keyframe has no SPS or PPS.
 */
export async function muxInit(format: RunFormat, firstKeyframe: Uint8Array): Promise<Uint8Array> {
  checkKeyframe(firstKeyframe);
  const parts: Uint8Array[] = [];
  const keep = (data: Uint8Array): void => {
    parts.push(data.slice());
  };
  const output = new Output({
    target: new NullTarget(),
    format: new Mp4OutputFormat({ fastStart: "fragmented", onFtyp: keep, onMoov: keep }),
  });
  const video = new EncodedVideoPacketSource("avc");
  output.addVideoTrack(video);
  const audio = format.audio ? new EncodedAudioPacketSource("opus") : null;
  if (audio) output.addAudioTrack(audio);
  await output.start();
  const { codec, width, height } = format.video;
  await video.add(new EncodedPacket(firstKeyframe, "key", 0, 0.02), { decoderConfig: { codec, codedWidth: width, codedHeight: height } });
  if (audio && format.audio) await addSound(audio, format.audio);
  await output.finalize();
  const init = concat(parts);
  setVideoTimescale(init);
  return init;
}
