/**
 * What LiveKit's server offers a subscriber (v0 signalling: it offers, we answer): one section for data, and one for each track, sent or stopped.
 * Sections are used again for other tracks, with other SSRCs. Payload types are those of all codecs; which one a track uses is seen in its packets.
 */
import { keptCodec } from "@livekit-replay/media";
import { attribute, attributes, readSdp, type SdpMedia, type SdpSession } from "../../sdp/read.js";
import { type RemoteTransport, remoteTransport } from "../../sdp/transport.js";

/** A payload type that can be kept, as it is offered. */
export interface OfferedCodec {
  readonly payloadType: number;
  /** SDP name, as offered: `H264`. */
  readonly name: string;
  /** `H264/90000`. */
  readonly rtpmap: string;
  /** The value of its `a=fmtp` without the payload type; null without. */
  readonly parameters: string | null;
  /** Whether lost packets may be asked for. */
  readonly nack: boolean;
  /** Whether keyframes may be asked for. */
  readonly pli: boolean;
}

/** A section of a track. */
export interface MediaSection {
  readonly kind: "video" | "audio";
  readonly mid: string;
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly reducedSizeRtcp: boolean;
  /** Whether it carries a track now. */
  readonly isSent: boolean;
  /** LiveKit's id of that track; null when the offer does not say. */
  readonly trackId: string | null;
  /** Empty: nothing of it can be kept, it is refused. */
  readonly codecs: readonly OfferedCodec[];
  /** Retransmission payload types (RFC 4588), each with the payload type that it restores. */
  readonly rtx: ReadonlyMap<number, number>;
  /** Of the media and of its retransmissions; null when not announced. */
  readonly ssrc: number | null;
  readonly rtxSsrc: number | null;
}

/** A section of data channels, or of something unknown. */
export interface OtherSection {
  readonly kind: "data" | "other";
  readonly mid: string;
  readonly media: string;
  readonly protocol: string;
  readonly formats: readonly string[];
}

/** An offer, read. */
export interface SubscriberOffer {
  readonly transport: RemoteTransport;
  /** Whether LiveKit's ICE agent only answers (`use_ice_lite`; RFC 8839, 5.3). */
  readonly isLite: boolean;
  /** In the offer's order. */
  readonly sections: readonly (MediaSection | OtherSection)[];
}

/** A room of a hundred shares with sound, of which each came back once. */
const limits = { bytes: 2_000_000, lines: 100_000, media: 512 };
const midPattern = /^[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,32}$/;

/** Reads an offer; `trackIds` is `mid_to_track_id` of the message that brought it. Throws `invalid_sdp`. */
export function readSubscriberOffer(sdp: string, trackIds: Readonly<Record<string, string>>): SubscriberOffer {
  const session = readSdp(sdp, limits);
  const bundle = session.media.find((media) => media.port !== 0) ?? session.media[0] ?? { ...noMedia };
  return {
    transport: remoteTransport(session, bundle),
    isLite: attribute(session, "ice-lite") !== null,
    sections: session.media.map((media) => sectionOf(session, media, trackIds)),
  };
}

const noMedia: SdpMedia = { kind: "", port: 0, protocol: "", formats: [], attributes: [] };

function sectionOf(session: SdpSession, media: SdpMedia, trackIds: Readonly<Record<string, string>>): MediaSection | OtherSection {
  const given = attribute(media, "mid") ?? "";
  const mid = midPattern.test(given) ? given : "";
  const { kind, protocol, formats } = media;
  if (kind !== "video" && kind !== "audio") {
    const isData = kind === "application" && protocol === "UDP/DTLS/SCTP" && media.port !== 0;
    return { kind: isData ? "data" : "other", mid, media: kind, protocol, formats };
  }
  const codecs = mid === "" ? [] : codecsOf(kind, media);
  return {
    kind,
    mid,
    protocol,
    formats,
    reducedSizeRtcp: attribute(media, "rtcp-rsize") !== null,
    isSent: media.port !== 0 && isSent(session, media),
    trackId: trackIds[mid] ?? streamTrack(media),
    codecs,
    ...retransmission(media, new Set(codecs.map(({ payloadType }) => payloadType))),
  };
}

function isSent(session: SdpSession, media: SdpMedia): boolean {
  const names = ["sendrecv", "sendonly", "recvonly", "inactive"];
  const find = (of: SdpSession | SdpMedia): string | undefined => of.attributes.find(({ name }) => names.includes(name))?.name;
  return (find(media) ?? find(session) ?? "sendrecv").startsWith("send");
}

/** `a=msid:PA_x|TR_y TR_y`: older servers send no table of mids. */
function streamTrack(media: SdpMedia): string | null {
  const values = [attribute(media, "msid"), ...attributes(media, "ssrc")];
  for (const value of values) {
    const found = /(?:^|msid:)\S+ (TR_[A-Za-z0-9_-]+)$/.exec(value ?? "")?.[1];
    if (found !== undefined) return found;
  }
  return null;
}

function codecsOf(kind: MediaSection["kind"], media: SdpMedia): OfferedCodec[] {
  const parameters = byPayloadType(attributes(media, "fmtp"));
  const feedback = attributes(media, "rtcp-fb");
  const maps = byPayloadType(attributes(media, "rtpmap"));
  return media.formats.flatMap((format) => {
    const payloadType = Number(format);
    const rtpmap = maps.get(payloadType) ?? "";
    const [name = "", rate = ""] = rtpmap.split("/");
    const kept = keptCodec(name);
    if (kept?.track !== kind || kept.clockRate !== Number(rate) || payloadType > 127) return [];
    const has = (what: string): boolean => feedback.includes(`${format} ${what}`) || feedback.includes(`* ${what}`);
    return [{ payloadType, name, rtpmap, parameters: parameters.get(payloadType) ?? null, nack: has("nack"), pli: has("nack pli") }];
  });
}

function retransmission(media: SdpMedia, kept: ReadonlySet<number>): Pick<MediaSection, "rtx" | "ssrc" | "rtxSsrc"> {
  const rtx = new Map<number, number>();
  const maps = byPayloadType(attributes(media, "rtpmap"));
  for (const [payloadType, parameters] of byPayloadType(attributes(media, "fmtp"))) {
    const restores = /(?:^|;)apt=(\d{1,3})(?:;|$)/.exec(parameters)?.[1];
    if (kept.has(Number(restores)) && maps.get(payloadType)?.toLowerCase().startsWith("rtx/")) rtx.set(payloadType, Number(restores));
  }
  const announced = attributes(media, "ssrc").flatMap((value) => ssrcOf(value.split(" ")[0]));
  const [pair] = attributes(media, "ssrc-group").flatMap((value) => {
    const [semantics, first, second] = value.split(" ");
    return semantics === "FID" ? [[...ssrcOf(first), ...ssrcOf(second)]] : [];
  });
  return { rtx, ssrc: pair?.[0] ?? announced[0] ?? null, rtxSsrc: pair?.[1] ?? null };
}

function ssrcOf(text: string | undefined): number[] {
  const value = Number(text);
  return /^\d{1,10}$/.test(text ?? "") && value < 2 ** 32 ? [value] : [];
}

/** `111 minptime=10` and its like. */
function byPayloadType(values: readonly string[]): Map<number, string> {
  const found = new Map<number, string>();
  for (const value of values) {
    const match = /^(\d{1,3}) (.{1,2000})$/.exec(value);
    if (match?.[1] !== undefined) found.set(Number(match[1]), match[2] ?? "");
  }
  return found;
}
