/** What LiveKit offers of a track, in the words of a share's receiver. */
import type { ShareAudioOptions, ShareVideoOptions } from "@livekit-replay/media";
import type { MediaSection } from "./sdp/offer.js";

const codecsOf = (section: MediaSection): ReadonlyMap<number, string> =>
  new Map(section.codecs.map(({ payloadType, name }) => [payloadType, name]));

/** The picture: any of the codecs that were answered may come, also one after the other. */
export const videoOptions = (section: MediaSection): ShareVideoOptions => ({
  codecs: codecsOf(section),
  rtx: section.rtx,
  nack: section.codecs.some(({ nack }) => nack),
});

/** The sound. Two channels always: the server says nothing reliable of them, and a mono packet decodes to two channels as well (RFC 7587, 6.1). */
export const audioOptions = (section: MediaSection): ShareAudioOptions => ({
  codecs: codecsOf(section),
  rtx: section.rtx,
  nack: section.codecs.some(({ nack }) => nack),
  channels: 2,
});
