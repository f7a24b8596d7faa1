/** What the recorder processes need to know, and what they say about themselves. Defaults of its timings are here and nowhere else. */
import { type Millis, millis, type RecorderStats } from "@livekit-replay/contract";
import type { LivekitAccess } from "../passthrough/token.js";
import type { LivekitRecorderPort, WhipRecorderPort } from "../port.js";

/** The part of a structured logger that is used: fields first, then a fixed sentence. A pino logger fits. */
export interface RecorderLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Limits in time. Tests shorten them; the product uses the defaults. */
export interface RecorderTimings {
  /** A request without an answer fails with `recorder_unavailable` (a tail's own waiting is inside it). */
  readonly requestMs: Millis;
  /** A recorder process that was not heard for so long is dead and killed. */
  readonly heartbeatLimitMs: Millis;
  /** A new process must have said hello within this time. */
  readonly helloLimitMs: Millis;
  /** First pause before a dead process is started again; doubles up to `restartMaxMs`, and falls back after a minute of life. */
  readonly restartMinMs: Millis;
  readonly restartMaxMs: Millis;
  /** After SIGTERM, before SIGKILL. */
  readonly stopLimitMs: Millis;
  /** No packet for so long: `silent`, a take-over is allowed. */
  readonly silentMs: Millis;
  /** No packet for so long: `ended`. */
  readonly goneMs: Millis;
  /** From the offer to media that can flow (ICE and DTLS done). */
  readonly connectMs: Millis;
  /** From the attempt to join a LiveKit room to being in it; must be shorter than `requestMs`. */
  readonly joinMs: Millis;
  /** A LiveKit share that is gone may come back under new tracks so soon without having ended. */
  readonly republishMs: Millis;
  /** The same after the connection to LiveKit was lost: people find back there by themselves, some of them slowly. */
  readonly returnMs: Millis;
  /** A LiveKit track of which nothing ever came is asked for again after this time, which doubles each time. */
  readonly stalledMs: Millis;
}

/** The product's timings. */
export const defaultTimings: RecorderTimings = {
  requestMs: millis(10_000),
  heartbeatLimitMs: millis(5_000),
  helloLimitMs: millis(10_000),
  restartMinMs: millis(100),
  restartMaxMs: millis(5_000),
  stopLimitMs: millis(5_000),
  silentMs: millis(2_000),
  goneMs: millis(60_000),
  connectMs: millis(15_000),
  joinMs: millis(5_000),
  republishMs: millis(2_000),
  returnMs: millis(30_000),
  stalledMs: millis(20_000),
};

/** Options of `createRecorder`. */
export interface RecorderOptions {
  /** Root of segments and clips (`FILE_UPLOAD_DEST`), absolute. */
  readonly root: string;
  /** The server's `HOST`: a loopback address binds WebRTC to it too; anything else to all addresses. */
  readonly host: string;
  /** `RTC_UDP_PORT`: process n takes port + n. Null: a free port each. */
  readonly udpPort: number | null;
  /** `RTC_PUBLIC_IP`: announced as a further candidate. */
  readonly publicIp: string | null;
  /** `ICE_SERVERS`: `stun:` and `turn:` addresses. */
  readonly iceServers: readonly string[];
  /** `SEGMENT_SECONDS`: a keyframe is asked for when the open GOP is that old. */
  readonly segmentSeconds: number;
  /** What LiveKit rooms are joined with; null or left out: they are not recorded here. */
  readonly livekit?: LivekitAccess | null;
  /** `RECORDER_PROCESSES`. */
  readonly processes: number;
  readonly logger: RecorderLogger;
  /** The compiled program of the child process. Default: this package's own `dist/recorders/process/main.js`. */
  readonly entry?: string;
  readonly timings?: Partial<RecorderTimings>;
}

/** One recorder process, as the supervisor sees it now. */
export interface RecorderProcessStats {
  readonly recorderId: string;
  /** Null while it is down. */
  readonly pid: number | null;
  readonly state: "starting" | "up" | "down";
  readonly udpPort: number | null;
  /** How often it was started again after it had died. */
  readonly restarts: number;
  readonly publications: number;
  readonly sessions: number;
  /** The newest heartbeat; null before the first. */
  readonly heartbeat: RecorderStats | null;
}

/** For metrics and health. Counters only grow. */
export interface SupervisorStats {
  readonly processes: readonly RecorderProcessStats[];
  /** Requests that no recorder answered in time. */
  readonly timeouts: number;
  /** Messages of a recorder that did not fit the contract. */
  readonly invalidMessages: number;
}

/** The recorder of WHIP publications and of LiveKit rooms (`passthrough`): both ports, and what it says about itself. `close` stops all child processes. */
export interface Recorder extends WhipRecorderPort, LivekitRecorderPort {
  readonly kind: "passthrough";
  stats(): SupervisorStats;
}
