/** Real network peers for the demo, tests and benches: films, a WHIP publisher, a lossy UDP proxy, and the judge of clips. */
export { BARCODE_BLOCKS, type BarcodeReading, drawBarcode, readBarcode } from "./film/barcode.js";
export { type FilmOptions, FULL_FILM, loadFilm, makeFilm, SMALL_FILM } from "./film/make.js";
export type { Film, FilmFrame, FilmPacket } from "./film/model.js";
export { parseFilm, readFilm } from "./film/read.js";
export {
  checkSequence,
  checkSync,
  flashInstants,
  lengthSpread,
  type SequenceFaults,
  type SequenceJump,
  type SyncPoint,
  type SyncReading,
} from "./judge/compare.js";
export { type ContainerReading, probeClip } from "./judge/probe.js";
export { type ClipReading, type FrameReading, readClip } from "./judge/read.js";
export { run, runForText, type RunOptions, type RunResult } from "./process/run.js";
export { CutTcpProxy } from "./proxy/tcp.js";
export { type Conditions, type Endpoint, LossyUdpProxy, type LossyUdpProxyOptions, type ProxyCounts } from "./proxy/udp.js";
export { FrameLog, type SentFrame } from "./publish/frame-log.js";
export type { OutgoingCounts } from "./publish/outgoing.js";
export { type EndReason, WhipPublisher, type WhipPublisherOptions } from "./publish/publisher.js";
export { preciseNow } from "./publish/time.js";
export { deleteResource, patchCandidates, postOffer, type WhipAnswer, WhipRefusal, type WhipTarget } from "./publish/whip.js";
export { between, type Random, seededRandom } from "./random/seeded.js";
export { shareDemo, type ShareDemoOptions } from "./demo/share.js";
export { Api, ApiRefusal } from "./server/api.js";
export { EgressStandIn, type EgressStandInOptions } from "./egress/stand-in.js";
export type { EgressEvent, EgressFaults, EgressSegment, EgressStatus } from "./egress/wire.js";
export { type FilmCodec, type FilmFiles, makeAnsweringFilm, makeFilmFiles } from "./film/files.js";
export { type JoinOptions, LivekitPublisher, type ShareKind, type ShareOptions } from "./livekit/publisher.js";
export { PublishProcess } from "./livekit/publish-process.js";
export { readWatched, type WatchedFrame } from "./livekit/watched.js";
export type { PublisherEvent, RoomView, SeenTrack, ShareCounts, ShareIds, StreamCounts } from "./livekit/wire.js";
export { LivekitServer, type LivekitServerOptions, type TokenOptions } from "./livekit/server.js";
export { MongoServer, type MongoServerOptions } from "./mongo/server.js";
export { RedisServer, type RedisServerOptions } from "./redis/server.js";
export { ServerProcess, type ServerOptions } from "./server/start.js";
export { type BrowserPage, type ExactnessOptions, runExactness } from "./exactness/run.js";
export { type PageLike, PagePlayer, type PlaySource, type Seen } from "./judge/page.js";
export { cpuSeconds } from "./bench/process.js";
export { type BenchResult, type Measure, median as medianOf } from "./bench/report.js";
export { BENCHES, type BenchName, type BenchOptions, runBenches } from "./bench/run.js";
