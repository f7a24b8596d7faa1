/** Which of the offered codecs are kept, by payload type: H.264 and Opus, one each. */
import { attributes, type SdpMedia } from "../../sdp/read.js";

/** A payload type that was chosen. */
export interface ChosenCodec {
  readonly payloadType: number;
  /** As the offer spells it. */
  readonly name: string;
  /** `name/rate` or `name/rate/channels`, as the offer spells it. */
  readonly rtpmap: string;
  /** Format parameters of the offer, keys in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const rtpmapPattern = /^(\d{1,3}) ([A-Za-z0-9._-]{1,64})\/(\d{1,7})(?:\/(\d{1,3}))?$/;
const fmtpPattern = /^(\d{1,3}) (.{1,4096})$/;

/** Repair and wrapping formats: no codec of their own, so not worth naming to the publisher. */
const wrappers = new Set(["rtx", "red", "ulpfec", "flexfec-03", "cn", "telephone-event"]);

/** profile_idc of RFC 6184, 8.1: baseline, main, high. The others carry samples that players refuse. */
const keptProfiles = new Set([0x42, 0x4d, 0x64]);

function formatParameters(media: SdpMedia): Map<number, Map<string, string>> {
  const all = new Map<number, Map<string, string>>();
  for (const value of attributes(media, "fmtp")) {
    const match = fmtpPattern.exec(value);
    if (!match) continue;
    const parameters = new Map<string, string>();
    for (const part of (match[2] ?? "").split(";").slice(0, 64)) {
      const at = part.indexOf("=");
      if (at > 0) parameters.set(part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim());
    }
    all.set(Number(match[1]), parameters);
  }
  return all;
}

/** The codecs of a media section, in the publisher's order of preference. */
function offeredCodecs(media: SdpMedia): (ChosenCodec & { readonly clockRate: number; readonly channels: number })[] {
  const parameters = formatParameters(media);
  const byType = new Map<string, RegExpExecArray>();
  for (const value of attributes(media, "rtpmap")) {
    const match = rtpmapPattern.exec(value);
    if (match?.[1] !== undefined) byType.set(match[1], match);
  }
  return media.formats.flatMap((format) => {
    const match = byType.get(format);
    const payloadType = Number(format);
    if (!match || payloadType > 127) return [];
    const name = match[2] ?? "";
    const rtpmap = `${name}/${match[3] ?? ""}${match[4] === undefined ? "" : `/${match[4]}`}`;
    return [
      {
        payloadType,
        name,
        rtpmap,
        parameters: parameters.get(payloadType) ?? new Map(),
        clockRate: Number(match[3]),
        channels: Number(match[4] ?? 1),
      },
    ];
  });
}

/** What the codecs of a section are called, for a sentence: each once, without repair formats; H.264 with its profile. */
export function codecNames(media: SdpMedia): string[] {
  const names = offeredCodecs(media)
    .filter((codec) => !wrappers.has(codec.name.toLowerCase()))
    .map((codec) => (codec.name.toUpperCase() === "H264" ? `H264 (profile-level-id=${profileLevelId(codec)})` : codec.name));
  return [...new Set(names)].slice(0, 8);
}

/** RFC 6184, 8.1: baseline, level 1, when nothing is said. */
function profileLevelId(codec: ChosenCodec): string {
  const value = codec.parameters.get("profile-level-id") ?? "42000a";
  return /^[0-9a-fA-F]{6}$/.test(value) ? value.toLowerCase() : "unknown";
}

/** Packetisation mode 1 first, then constrained baseline, then what the publisher prefers. Negative: cannot be kept. */
function h264Rank(codec: ChosenCodec): number {
  const id = profileLevelId(codec);
  const profile = Number.parseInt(id.slice(0, 2), 16);
  const mode = codec.parameters.get("packetization-mode") ?? "0";
  if (!keptProfiles.has(profile) || (mode !== "0" && mode !== "1")) return -1;
  const constrained = profile === 0x42 && (Number.parseInt(id.slice(2, 4), 16) & 0x40) !== 0;
  return (mode === "1" ? 2 : 0) + (constrained ? 1 : 0);
}

/** The H.264 payload type to receive, or null when there is none that can be kept. */
export function chooseH264(media: SdpMedia): ChosenCodec | null {
  let best: ChosenCodec | null = null;
  let bestRank = -1;
  for (const codec of offeredCodecs(media)) {
    if (codec.name.toUpperCase() !== "H264" || codec.clockRate !== 90_000) continue;
    const rank = h264Rank(codec);
    if (rank > bestRank) {
      best = codec;
      bestRank = rank;
    }
  }
  return best;
}

/** The Opus payload type to receive (RFC 7587: always `opus/48000/2`), or null. */
export function chooseOpus(media: SdpMedia): ChosenCodec | null {
  return (
    offeredCodecs(media).find((codec) => codec.name.toLowerCase() === "opus" && codec.clockRate === 48_000 && codec.channels === 2) ?? null
  );
}
