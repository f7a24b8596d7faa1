/**
 * The answer to LiveKit's offer, and the plain offer that the WebRTC library is given in its place.
 * The library sees one section of media and one of data, once; every later offer is answered here alone. So it hands over every packet of the transport untouched,
 * and tracks that come, go and return with other SSRCs in sections that are used again are none of its business.
 */
import type { LocalTransport, RemoteTransport } from "../../sdp/transport.js";
import type { MediaSection, OfferedCodec, OtherSection, SubscriberOffer } from "./offer.js";

const text = (lines: readonly string[]): string => `${lines.join("\r\n")}\r\n`;
const head = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0"];

/** The mids that the library knows. */
export const transportMids = { data: "0", media: "1" } as const;
/** A payload type that LiveKit does not need to use: all of them arrive. */
const anyPayloadType = 96;

/** The offer as the library sees it. */
export function libraryOffer({ ice, fingerprint, setup }: RemoteTransport): string {
  const transport = [`a=ice-ufrag:${ice.ufrag}`, `a=ice-pwd:${ice.password}`, `a=fingerprint:${fingerprint}`, `a=setup:${setup}`];
  return text([
    ...head,
    `a=group:BUNDLE ${transportMids.data} ${transportMids.media}`,
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    "c=IN IP4 0.0.0.0",
    `a=mid:${transportMids.data}`,
    "a=sendrecv",
    "a=sctp-port:5000",
    ...transport,
    `m=video 9 UDP/TLS/RTP/SAVPF ${anyPayloadType}`,
    "c=IN IP4 0.0.0.0",
    `a=mid:${transportMids.media}`,
    "a=sendonly",
    "a=rtcp-mux",
    ...transport,
    `a=rtpmap:${anyPayloadType} VP8/90000`,
  ]);
}

/** The payload type of `libraryOffer`, for the library's own track. */
export const libraryPayloadType = anyPayloadType;

/**
 * The answer to LiveKit: all codecs that are kept, with retransmission; no RED (the server then sends plain Opus),
 * no transport-wide feedback and no REMB (without them the server never lowers or pauses what it sends), no header extensions.
 */
export function writeSubscriberAnswer(offer: SubscriberOffer, local: LocalTransport): string {
  const mids = offer.sections.flatMap((section) => (isTaken(section) ? [section.mid] : []));
  return text([
    ...head,
    `a=group:BUNDLE ${mids.join(" ")}`,
    ...offer.sections.flatMap((section) => {
      if (!isTaken(section)) return refusedSection(section);
      return section.kind === "data" ? dataSection(section, local) : mediaSection(section, local);
    }),
  ]);
}

const isTaken = (section: MediaSection | OtherSection): section is MediaSection | (OtherSection & { kind: "data" }) =>
  section.mid !== "" && (section.kind === "data" || ("codecs" in section && section.codecs.length > 0));

const transportLines = (local: LocalTransport): string[] => [
  `a=ice-ufrag:${local.ufrag}`,
  `a=ice-pwd:${local.password}`,
  `a=fingerprint:${local.fingerprint}`,
  `a=setup:${local.setup}`,
];

function dataSection(section: OtherSection, local: LocalTransport): string[] {
  return [
    `m=application 9 ${section.protocol} webrtc-datachannel`,
    "c=IN IP4 0.0.0.0",
    `a=mid:${section.mid}`,
    "a=sendrecv",
    ...transportLines(local),
    "a=sctp-port:5000",
    "a=max-message-size:262144",
  ];
}

function mediaSection(section: MediaSection, local: LocalTransport): string[] {
  const kept = section.codecs.map(({ payloadType }) => payloadType);
  const rtx = [...section.rtx];
  return [
    `m=${section.kind} 9 ${section.protocol} ${[...kept, ...rtx.map(([payloadType]) => payloadType)].join(" ")}`,
    "c=IN IP4 0.0.0.0",
    `a=mid:${section.mid}`,
    section.isSent ? "a=recvonly" : "a=inactive",
    "a=rtcp-mux",
    ...(section.reducedSizeRtcp ? ["a=rtcp-rsize"] : []),
    ...transportLines(local),
    ...section.codecs.flatMap(codecLines),
    ...rtx.flatMap(([payloadType, restores]) => [`a=rtpmap:${payloadType} rtx/90000`, `a=fmtp:${payloadType} apt=${restores}`]),
  ];
}

function codecLines({ payloadType, rtpmap, parameters, nack, pli }: OfferedCodec): string[] {
  return [
    `a=rtpmap:${payloadType} ${rtpmap}`,
    ...(parameters === null ? [] : [`a=fmtp:${payloadType} ${parameters}`]),
    ...(nack ? [`a=rtcp-fb:${payloadType} nack`] : []),
    ...(pli ? [`a=rtcp-fb:${payloadType} nack pli`] : []),
  ];
}

/** RFC 3264, 6: port 0. */
function refusedSection(section: MediaSection | OtherSection): string[] {
  const media = "media" in section ? section.media : section.kind;
  const mid = section.mid === "" ? [] : [`a=mid:${section.mid}`];
  return [`m=${media} 0 ${section.protocol} ${section.formats.slice(0, 1).join(" ")}`, "c=IN IP4 0.0.0.0", ...mid, "a=inactive"];
}
