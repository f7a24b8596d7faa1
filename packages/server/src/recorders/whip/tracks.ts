/** What a WHIP offer says of its tracks, in the words of a share's receiver. */
import type { ShareAudioOptions, ShareVideoOptions } from "@livekit-replay/media";
import type { AcceptedMedia } from "./sdp/offer.js";

const MAX_PARAMETER_SET_BYTES = 4_096;

/** Parameter sets of the SDP (RFC 6184, 8.1), for publishers that leave them out of the stream. */
function parameterSets({ codec }: AcceptedMedia): Uint8Array[] {
  const value = codec.parameters.get("sprop-parameter-sets") ?? "";
  const sets = value.length > MAX_PARAMETER_SET_BYTES ? [] : value.split(",").slice(0, 8);
  return sets.filter((set) => /^[A-Za-z0-9+/]+=*$/.test(set)).map((set) => new Uint8Array(Buffer.from(set, "base64")));
}

/** The picture of a publication, as its receiver is told. */
export const videoOptions = (video: AcceptedMedia): ShareVideoOptions => ({
  codecs: new Map([[video.codec.payloadType, video.codec.name]]),
  nack: video.feedback.includes("nack"),
  parameterSets: parameterSets(video),
});

/** The sound of a publication. Two channels always: the answer asks for stereo, and a mono packet decodes to two channels as well (RFC 7587, 6.1). */
export const audioOptions = (audio: AcceptedMedia): ShareAudioOptions => ({
  codecs: new Map([[audio.codec.payloadType, audio.codec.name]]),
  channels: 2,
});
