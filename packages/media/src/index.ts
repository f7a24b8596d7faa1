/** The public names of this package: from RTP packets to GOPs, from GOPs to segments, playlists and clips. */
export * from "./segment/gop.js";

export * from "./segment/error.js";
export * from "./segment/info.js";
export * from "./segment/init.js";
export * from "./segment/mux.js";
export * from "./segment/describe.js";
export * from "./segment/describe-init.js";
export * from "./segment/cut.js";
export * from "./segment/silent.js";
export * from "./playlist/model.js";
export * from "./playlist/write.js";
export * from "./playlist/read.js";
export * from "./playlist/make.js";
export * from "./clip/joint.js";
export * from "./clip/plan.js";
export * from "./clip/bound.js";
export { type FlatExpectation, type FlatPlan, planFlat } from "./clip/flat.js";
export * from "./clip/parts.js";
export * from "./clip/verify.js";
export { fitOneFile, MixedCodecsError } from "./clip/codecs.js";
export * from "./clip/webm.js";
export * from "./ts/describe.js";
export * from "./ts/file.js";
export * from "./ts/movie.js";
export * from "./ts/remuxed.js";
export * from "./ts/join.js";
export * from "./ts/verify.js";

export { ShareReceiver } from "./share/receiver.js";
export type * from "./share/options.js";
export { TwccRecorder, type TwccRecorderOptions } from "./rtp/twcc.js";
export { maximumBitrate } from "./rtp/feedback.js";
export { isRtcp } from "./rtp/packet.js";
export { keptCodec, keptCodecNames, type KeptCodec } from "./rtp/depacketizer.js";
export { annexB, nalUnits } from "./codec/annex-b.js";
