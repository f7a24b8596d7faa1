/** The MP4 of a clip of our own segments: copied from the pins; what cannot be copied is encoded before. */
import type { Micros } from "@livekit-replay/contract";
import { ReplayError } from "@livekit-replay/contract";
import { describeInit, verifyFlat } from "@livekit-replay/media";
import { addressOf } from "../../catalog/places.js";
import type { ClipRow } from "../../catalog/port.js";
import type { Ffmpeg } from "../../platform/ffmpeg.js";
import type { WrittenMp4 } from "../../store/finalise.js";
import type { Store } from "../../store/open.js";
import { type ClipMaterial, planMaterial, readMaterial } from "../mp4.js";
import { encodeRuns } from "./encode.js";
import { conversionNeed } from "./need.js";
import type { Conversions } from "./progress.js";

/** What making an MP4 works with. */
export interface MakeMp4Options {
  readonly store: Pick<Store, "pins" | "clips">;
  /** Null where FFmpeg is not installed: what must be encoded is refused then. */
  readonly ffmpeg: Ffmpeg | null;
  readonly conversions: Conversions;
  readonly clip: ClipRow;
  readonly signal: AbortSignal;
}

/** What was made. */
export interface MadeMp4 {
  readonly written: WrittenMp4;
  readonly duration: Micros;
  /** Of the MP4, when its picture was encoded; null: as recorded. */
  readonly video: ClipRow["video"] | null;
}

/**
 * Makes it and verifies it.
 * @throws ReplayError `concatenation_failed`, `disk_full`, `clip_not_found`; MediaFormatError when pins or MP4 are not what they should be; the signal's reason.
 */
export async function makeMp4(options: MakeMp4Options): Promise<MadeMp4> {
  const { store, clip, signal } = options;
  const address = addressOf(clip);
  const recorded = await readMaterial(store.pins, address);
  const { encode } = conversionNeed(new Map(recorded.stretches.map(({ init, segments }) => [segments[0]?.info.run ?? -1, init])));
  const material = encode.size === 0 ? recorded : await encoded(options, recorded, encode);
  const plan = planMaterial(material);
  const { expected } = plan;
  const verify: Parameters<typeof store.clips.writeMp4>[0]["verify"] = (read, sizeBytes) => verifyFlat(read, sizeBytes, expected);
  const written = await store.clips.writeMp4({ clip: address, plan, signal, verify });
  const [first] = material.stretches;
  if (encode.size === 0 || !first) return { written, duration: expected.duration, video: null };
  await store.pins.removeEncoded(address);
  const { codec, width, height } = describeInit(first.init).format.video;
  return { written, duration: expected.duration, video: { codec, width, height } };
}

async function encoded(options: MakeMp4Options, material: ClipMaterial, runs: ReadonlySet<number>): Promise<ClipMaterial> {
  const { store, ffmpeg, conversions, clip, signal } = options;
  if (ffmpeg === null) {
    const detail = "The MP4 needs FFmpeg, which is not installed on the server; the clip can be played as it was recorded";
    throw new ReplayError("concatenation_failed", { detail });
  }
  const progress = conversions.begin(clip, "mp4");
  try {
    const onProgress = (done: number): void => progress.report(done);
    const made = await encodeRuns({ ffmpeg, pins: store.pins, clip: addressOf(clip), material, runs, signal, onProgress });
    progress.end(true);
    return made;
  } finally {
    progress.end(false);
  }
}
