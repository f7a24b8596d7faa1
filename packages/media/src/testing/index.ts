/** Parts for tests and test peers: the sending side of RTP, simulated time, a lossy link, a synthetic share. */
export { RtpStream, TransportSequence, type RtpStreamExtensions, type RtpStreamOptions } from "./rtp-stream.js";
export { H264Packetizer, type H264PacketizerOptions } from "./h264-packetizer.js";
export { OpusPacketizer } from "./opus-packetizer.js";
export { goodbye, senderReport, type SenderReportOptions } from "./sender-report.js";
export { asksForKeyframe, requestedSequences, RtpHistory, type RtpHistoryOptions } from "./history.js";
export { SimulatedClock } from "./clock.js";
export { LossyLink, type LinkOptions } from "./link.js";
export { seededRandom } from "./random.js";
export {
  pictureIndex,
  pictureParameterSet,
  type SequenceOptions,
  sequenceParameterSet,
  syntheticPicture,
  type SyntheticPicture,
} from "./h264.js";
export { audioPayloadType, type SentMedia, ShareSource, type ShareSourceOptions, soundIndex, videoPayloadType } from "./share-source.js";
export { sampleWall, type SceneOptions, ShareScene, soundOffsets } from "./scene.js";
export { gopFaults } from "./gop-faults.js";
export { readTwcc, type TwccFeedback, type TwccStatus } from "./twcc-reader.js";
export { Vp8Packetizer, type Vp8PacketizerOptions } from "./vp8-packetizer.js";
export { Vp9Packetizer, type Vp9PacketizerOptions } from "./vp9-packetizer.js";
export { Av1Packetizer, type Av1PacketizerOptions } from "./av1-packetizer.js";
export {
  av1SequencePayload,
  frameIndex,
  syntheticAv1,
  type SyntheticFrame,
  syntheticFrames,
  syntheticVp8,
  syntheticVp9,
} from "./pictures.js";
