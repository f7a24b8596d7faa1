/** The SDP answer (RFC 9725, 4.2) and the plain offer that the WebRTC library is given in place of the publisher's own. */
import type { LocalTransport } from "../../sdp/transport.js";
import type { AcceptedMedia, Extensions, OfferedMedia, WhipOffer } from "./offer.js";

const extensionUris: Readonly<Record<keyof Extensions, string>> = {
  mid: "urn:ietf:params:rtp-hdrext:sdes:mid",
  twcc: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
};

const text = (lines: readonly string[]): string => `${lines.join("\r\n")}\r\n`;

/** The mid that the WebRTC library knows the one transport by. */
export const transportMid = "0";

/**
 * The offer as the WebRTC library sees it: one video section that carries the whole bundle.
 * A single section makes the library hand over every packet of the transport untouched, whatever its SSRC, so that telling tracks apart is ours;
 * and nothing that a stranger wrote reaches native code but checked credentials.
 */
export function libraryOffer(offer: WhipOffer): string {
  const { payloadType } = offer.video.codec;
  return text([
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    `a=group:BUNDLE ${transportMid}`,
    `m=video 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    "c=IN IP4 0.0.0.0",
    `a=mid:${transportMid}`,
    "a=sendonly",
    "a=rtcp-mux",
    `a=ice-ufrag:${offer.ice.ufrag}`,
    `a=ice-pwd:${offer.ice.password}`,
    `a=fingerprint:${offer.fingerprint}`,
    `a=setup:${offer.setup}`,
    `a=rtpmap:${payloadType} H264/90000`,
  ]);
}

/** The answer to the publisher: what is received, how to reach us, and every other section refused. */
export function writeAnswer(offer: WhipOffer, local: LocalTransport): string {
  const mids = offer.media.flatMap(({ accepted }) => (accepted && accepted.mid !== "" ? [accepted.mid] : []));
  return text([
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    ...(mids.length > 0 ? [`a=group:BUNDLE ${mids.join(" ")}`] : []),
    "a=ice-options:ice2",
    ...offer.media.flatMap((media) => (media.accepted ? acceptedSection(media, media.accepted, local) : refusedSection(media))),
  ]);
}

function acceptedSection(media: OfferedMedia, accepted: AcceptedMedia, local: LocalTransport): string[] {
  const { codec, extensions } = accepted;
  const parameters = media.kind === "video" ? h264Parameters(accepted) : opusParameters(accepted);
  return [
    `m=${media.kind} 9 ${media.protocol} ${codec.payloadType}`,
    "c=IN IP4 0.0.0.0",
    ...(accepted.mid === "" ? [] : [`a=mid:${accepted.mid}`]),
    "a=recvonly",
    "a=rtcp-mux",
    ...(accepted.reducedSizeRtcp ? ["a=rtcp-rsize"] : []),
    `a=ice-ufrag:${local.ufrag}`,
    `a=ice-pwd:${local.password}`,
    `a=fingerprint:${local.fingerprint}`,
    `a=setup:${local.setup}`,
    ...local.candidates.map((candidate) => `a=${candidate}`),
    "a=end-of-candidates",
    ...(["mid", "twcc"] as const).flatMap((name) =>
      extensions[name] === null ? [] : [`a=extmap:${extensions[name]} ${extensionUris[name]}`],
    ),
    `a=rtpmap:${codec.payloadType} ${codec.rtpmap}`,
    ...accepted.feedback.map((name) => `a=rtcp-fb:${codec.payloadType} ${name}`),
    ...(parameters === "" ? [] : [`a=fmtp:${codec.payloadType} ${parameters}`]),
  ];
}

/** RFC 6184, 8.2.2: the profile is symmetric, so the offer's own is repeated. */
function h264Parameters({ codec }: AcceptedMedia): string {
  const repeated = ["level-asymmetry-allowed", "packetization-mode", "profile-level-id"];
  return repeated.flatMap((name) => plainParameter(name, codec.parameters.get(name))).join(";");
}

/** RFC 7587, 6.1: what we want to receive. Without `stereo=1` browsers fold a tab's sound to mono, and speak at 32 kbit/s. */
function opusParameters({ codec }: AcceptedMedia): string {
  const repeated = ["minptime", "useinbandfec"].flatMap((name) => plainParameter(name, codec.parameters.get(name)));
  return [...repeated, "stereo=1", "maxaveragebitrate=128000"].join(";");
}

const plainParameter = (name: string, value: string | undefined): string[] =>
  value !== undefined && /^[0-9A-Za-z]{1,16}$/.test(value) ? [`${name}=${value}`] : [];

/** RFC 3264, 6: port 0. */
function refusedSection(media: OfferedMedia): string[] {
  const safeMid = media.mid !== null && /^[A-Za-z0-9_-]{1,64}$/.test(media.mid) ? [`a=mid:${media.mid}`] : [];
  return [`m=${media.kind} 0 ${media.protocol} ${media.formats.slice(0, 1).join(" ")}`, "c=IN IP4 0.0.0.0", ...safeMid, "a=inactive"];
}
