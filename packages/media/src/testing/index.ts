/** Parts for tests and test peers: the sending side of RTP, simulated time, a lossy link, a synthetic share. */
export { RtpStream, TransportSequence, type RtpStreamExtensions, type RtpStreamOptions } from "./rtp-stream.js";
export { H264Packetizer, type H264PacketizerOptions } from "./h264-packetizer.js";
export { OpusPacketizer } from "./opus-packetizer.js";
export { goodbye, senderReport, type SenderReportOptions } from "./sender-report.js";
export { asksForKeyframe, requestedSequences, RtpHistory, type RtpHistoryOptions } from "./history.js";
