/** The RTP receiver of one of a share's tracks, as the options ask for it. */
import { type Millis, millis } from "@livekit-replay/contract";
import { keptCodec } from "../rtp/depacketizer.js";
import { RtpReceiver, type RtpReceiverOptions } from "../rtp/receiver.js";
import type { ShareAudioOptions, ShareReceiverOptions, ShareTrack, ShareVideoOptions } from "./options.js";

/** How long holes are waited for: pictures need every packet, sound goes on with silence. */
const patience: Record<ShareTrack, { readonly asked: Millis; readonly unasked: Millis }> = {
  video: { asked: millis(600), unasked: millis(100) },
  audio: { asked: millis(250), unasked: millis(100) },
};

/** Throws `TypeError` when a payload type has a codec that cannot be kept on this track. */
export function checkOptions(track: ShareTrack, options: ShareVideoOptions | ShareAudioOptions): void {
  if (options.codecs.size === 0) throw new TypeError(`${track}.codecs must name at least one payload type`);
  for (const name of options.codecs.values()) {
    if (keptCodec(name)?.track !== track) throw new TypeError(`${track}.codecs: ${name} cannot be kept`);
  }
}

/** Makes the receiver of a track. */
export function trackReceiver(
  track: ShareTrack,
  options: ShareVideoOptions | ShareAudioOptions,
  share: ShareReceiverOptions,
  calls: Pick<RtpReceiverOptions, "arrived" | "deliver" | "lost" | "changed">,
): RtpReceiver {
  const nack = options.nack ?? track === "video";
  return new RtpReceiver({
    ...calls,
    payloadTypes: new Set(options.codecs.keys()),
    rtx: options.rtx ?? new Map(),
    clockRate: track === "video" ? 90_000 : 48_000,
    nack,
    patienceMs: patience[track][nack ? "asked" : "unasked"],
    sender: share.ssrc ?? 1,
    send: (packet) => share.onRtcp(track, packet),
  });
}
