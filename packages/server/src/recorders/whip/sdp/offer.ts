/** What a WHIP offer asks for and what of it is taken (RFC 9725, 4.2): one H.264 video, one Opus audio, bundled on one transport. */
import { ReplayError } from "@livekit-replay/contract";
import { type RemoteTransport, remoteTransport } from "../../sdp/transport.js";
import { type ChosenCodec, chooseH264, chooseOpus, codecNames } from "./codec.js";
import { attribute, attributes, invalidSdp, readSdp, type SdpMedia, type SdpSession } from "../../sdp/read.js";

/** Header extension ids that are taken over from the offer. */
export interface Extensions {
  readonly mid: number | null;
  readonly twcc: number | null;
}

/** A media section that is received. */
export interface AcceptedMedia {
  readonly mid: string;
  readonly codec: ChosenCodec;
  readonly extensions: Extensions;
  /** RTCP feedback that both sides do: `nack`, `nack pli`, `transport-cc`. */
  readonly feedback: readonly string[];
  readonly reducedSizeRtcp: boolean;
}

/** A media section of the offer, in its order. */
export interface OfferedMedia {
  readonly kind: string;
  readonly protocol: string;
  readonly mid: string | null;
  readonly formats: readonly string[];
  /** Null: it is refused in the answer. */
  readonly accepted: AcceptedMedia | null;
}

/** Everything that the rest of the recorder needs to know of an offer. */
export interface WhipOffer extends RemoteTransport {
  readonly media: readonly OfferedMedia[];
  readonly video: AcceptedMedia;
  readonly audio: AcceptedMedia | null;
}

const midUri = "urn:ietf:params:rtp-hdrext:sdes:mid";
const twccUri = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
const whatToPublish = "publish H.264 (constrained baseline, packetization-mode=1) with Opus";

/** Reads an offer. Throws `invalid_sdp` for what is no offer of a share, `unsupported_codec` when none of its codecs can be kept. */
export function readOffer(text: string): WhipOffer {
  const session = readSdp(text);
  const video = chooseVideo(session);
  const audioSection = session.media.find((media) => media.kind === "audio" && isSent(session, media) && chooseOpus(media) !== null);
  checkBundle(session, video.section, audioSection);
  const audioCodec = audioSection ? chooseOpus(audioSection) : null;
  const acceptedVideo = accept(video.section, video.codec, ["nack", "nack pli", "transport-cc"]);
  const acceptedAudio = audioSection && audioCodec ? acceptBeside(acceptedVideo, accept(audioSection, audioCodec, ["transport-cc"])) : null;
  const taken = new Map<SdpMedia, AcceptedMedia | null>([[video.section, acceptedVideo]]);
  if (audioSection) taken.set(audioSection, acceptedAudio);
  return {
    ...remoteTransport(session, video.section),
    media: session.media.map((media) => ({
      kind: media.kind,
      protocol: media.protocol,
      mid: attribute(media, "mid"),
      formats: media.formats,
      accepted: taken.get(media) ?? null,
    })),
    video: acceptedVideo,
    audio: acceptedAudio,
  };
}

function direction(session: SdpSession, media: SdpMedia): string {
  const names = ["sendrecv", "sendonly", "recvonly", "inactive"];
  const find = (of: SdpSession | SdpMedia) => of.attributes.find(({ name }) => names.includes(name))?.name;
  return find(media) ?? find(session) ?? "sendrecv";
}

/** Whether the publisher means to send it: port 0 is a refusal, unless it is one that exists only inside the bundle (RFC 9143, 6). */
function isSent(session: SdpSession, media: SdpMedia): boolean {
  if (media.port === 0 && attribute(media, "bundle-only") === null) return false;
  return direction(session, media).startsWith("send") && /^UDP\/TLS\/RTP\/SAVPF?$/.test(media.protocol);
}

function chooseVideo(session: SdpSession): { section: SdpMedia; codec: ChosenCodec } {
  const all = session.media.filter((media) => media.kind === "video");
  const sent = all.filter((media) => isSent(session, media));
  if (all.length === 0) throw invalidSdp(`The offer has no video: ${whatToPublish}`);
  if (sent.length === 0) throw invalidSdp("The offer sends no video: its video must be sendonly over UDP/TLS/RTP/SAVPF");
  for (const section of sent) {
    const codec = chooseH264(section);
    if (codec) return { section, codec };
  }
  const names = [...new Set(sent.flatMap(codecNames))].join(", ") || "The offered video";
  throw new ReplayError("unsupported_codec", { detail: `${names} cannot be kept: ${whatToPublish}` });
}

/** RFC 9725, 4.4.2: everything is bundled, and RTP and RTCP share the port. */
function checkBundle(session: SdpSession, video: SdpMedia, audio: SdpMedia | undefined): void {
  for (const media of audio ? [video, audio] : [video]) {
    if (attribute(media, "rtcp-mux") === null)
      throw invalidSdp(`The ${media.kind} of the offer has no a=rtcp-mux: RTP and RTCP must share one port`);
  }
  if (!audio) return;
  const groups = attributes(session, "group").map((value) => value.split(" "));
  const together = groups.some(
    ([semantics, ...mids]) => semantics === "BUNDLE" && [video, audio].every((media) => mids.includes(attribute(media, "mid") ?? "")),
  );
  if (!together) throw invalidSdp("Audio and video of the offer are not in one BUNDLE group: both must share one transport");
}

function accept(media: SdpMedia, codec: ChosenCodec, wanted: readonly string[]): AcceptedMedia {
  const mid = attribute(media, "mid") ?? "";
  if (!/^[A-Za-z0-9!#$%&'*+.^_`{|}~-]{0,16}$/.test(mid))
    throw invalidSdp("The a=mid of a media line is malformed or longer than 16 characters");
  const twcc = extensionId(media, twccUri);
  const offered = new Set(
    attributes(media, "rtcp-fb").flatMap((value) => {
      const at = value.indexOf(" ");
      const type = value.slice(0, at);
      return type === "*" || type === String(codec.payloadType) ? [value.slice(at + 1).trim()] : [];
    }),
  );
  // Without the extension there is nothing to report, and a publisher that waits for reports in vain falls to almost nothing.
  const feedback = wanted.filter((name) => offered.has(name) && (name !== "transport-cc" || twcc !== null));
  return {
    mid,
    codec,
    extensions: { mid: extensionId(media, midUri), twcc: feedback.includes("transport-cc") ? twcc : null },
    feedback,
    reducedSizeRtcp: attribute(media, "rtcp-rsize") !== null,
  };
}

/** Packets of a bundle are told apart by payload type, and an extension has one id in all of it (RFC 9143, 9.1 and 15). */
function acceptBeside(video: AcceptedMedia, audio: AcceptedMedia): AcceptedMedia {
  if (audio.codec.payloadType === video.codec.payloadType)
    throw invalidSdp("Audio and video of the offer use the same payload type in one bundle");
  if (audio.mid === video.mid) throw invalidSdp("Audio and video of the offer have the same a=mid");
  const same = (name: keyof Extensions): number | null =>
    audio.extensions[name] === video.extensions[name] ? audio.extensions[name] : null;
  const twcc = same("twcc");
  return { ...audio, extensions: { mid: same("mid"), twcc }, feedback: twcc === null ? [] : audio.feedback };
}

function extensionId(media: SdpMedia, uri: string): number | null {
  for (const value of attributes(media, "extmap")) {
    const match = /^(\d{1,3})(?:\/[a-z]+)? (\S+)/.exec(value);
    const id = Number(match?.[1]);
    if (match?.[2] === uri && id >= 1 && id <= 255 && id !== 15) return id;
  }
  return null;
}
