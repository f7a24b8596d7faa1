/** What a recorder by egress is made of, and how long it waits for what. */
import { type Millis, millis } from "@livekit-replay/contract";
import type { LivekitRooms } from "../../livekit/rooms.js";
import type { Clock } from "../../platform/clock.js";
import type { EgressApi } from "./api.js";

/** The part of a structured logger that is used: fields first, then a fixed sentence. */
export interface EgressLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** How long and how often. */
export interface EgressTimings {
  /** Between two looks at the files. */
  readonly look: Millis;
  /** Between two questions for the state of all egresses. */
  readonly ask: Millis;
  /** From a start to its first segment; two segment lengths are added. */
  readonly firstSegment: Millis;
  /** Without a new segment for so many segment lengths, an egress that calls itself active is a ghost. */
  readonly ghostSegments: number;
  /** For what follows the end of an egress: its last segment and the end of its playlist. */
  readonly drain: Millis;
  /** A share that is gone may come back under new tracks within this. */
  readonly republish: Millis;
  /** Before the second, third, … start; the last one is repeated. */
  readonly pauses: readonly Millis[];
  readonly heartbeat: Millis;
  /** LiveKit looks for a worker for so long after it was asked, and longer: an egress may begin when nobody waits for it any more. */
  readonly doubt: Millis;
}

/** The defaults. */
export const defaultTimings: EgressTimings = {
  look: millis(1000),
  ask: millis(5000),
  firstSegment: millis(25_000),
  ghostSegments: 3,
  drain: millis(20_000),
  republish: millis(2000),
  pauses: [1, 2, 5, 10, 30].map((seconds) => millis(seconds * 1000)),
  heartbeat: millis(1000),
  doubt: millis(60_000),
};

/** What is needed to make one. */
export interface EgressRecorderOptions {
  readonly api: EgressApi;
  readonly rooms: Pick<LivekitRooms, "participants" | "participant">;
  /** Absolute path of the store's root. */
  readonly storageRoot: string;
  /** The same root as egress sees it. */
  readonly outputDir: string;
  /** `SEGMENT_SECONDS`. */
  readonly segment: Millis;
  /** Whether a session is active and not paused, whichever server has it: its egress is nobody's orphan. */
  readonly isWanted: (sessionId: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: EgressLogger;
  readonly timings?: Partial<EgressTimings>;
}
