/** What is sent and how: the order of codecs, the bitrate, how the encoder shall save when it must. */

/** The fields of `RTCRtpCodec` that matter here. */
export interface CodecLike {
  readonly mimeType: string;
  readonly sdpFmtpLine?: string;
}

/**
 * Puts the codecs in the order of preference: H.264 constrained baseline with packetization-mode 1 (RFC 6184, 8.1) first, because it can be kept
 * and played everywhere without encoding it again; other H.264 next; the rest as it was, so that the server can say what it cannot take.
 */
export const preferH264 = <T extends CodecLike>(codecs: readonly T[]): T[] => {
  const rank = (codec: T): number => {
    if (codec.mimeType.toLowerCase() !== "video/h264") return 3;
    const line = codec.sdpFmtpLine ?? "";
    if (!line.includes("packetization-mode=1")) return 2;
    return line.includes("42e01f") ? 0 : 1;
  };
  return codecs.toSorted((a, b) => rank(a) - rank(b));
};

/** 1080p60 of a screen looks right from here on; more only fills the disk. */
export const MAX_BITRATE = 6_000_000;

/** At this rate and above a share is film or play; below, it is text that must stay sharp. */
const MOTION_FROM_FPS = 45;

/** Tells the encoder what the picture is: movement for a high frame rate, detail otherwise. Leaves a hint that somebody set. */
export const hintContent = (track: MediaStreamTrack): void => {
  if (track.contentHint !== "") return;
  track.contentHint = (track.getSettings().frameRate ?? 30) >= MOTION_FROM_FPS ? "motion" : "detail";
};

/**
 * Asks for stereo and 128 kbit/s of the Opus encoder, which sends mono speech otherwise. The receiver's description decides it (RFC 7587, 6.1),
 * so the answer is completed before the browser takes it; a server that already says something is left alone.
 */
export const fullSound = (answerSdp: string): string => {
  const payloadType = /^a=rtpmap:(\d+) opus\//im.exec(answerSdp)?.[1];
  if (payloadType === undefined) return answerSdp;
  const wish = "stereo=1;maxaveragebitrate=128000";
  const line = new RegExp(`^(a=fmtp:${payloadType} )(.*)$`, "m");
  if (!line.test(answerSdp)) return answerSdp.replace(/^(a=rtpmap:\d+ opus\/[^\r\n]*)(\r?\n)/im, `$1$2a=fmtp:${payloadType} ${wish}$2`);
  return answerSdp.replace(line, (whole, head: string, rest: string) =>
    /stereo=/.test(rest) ? whole : `${head}${rest.trimEnd()};${wish}${rest.endsWith("\r") ? "\r" : ""}`,
  );
};
