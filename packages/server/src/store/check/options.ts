/** What a survey looks at, and who mends. */
import type { Millis, WallMs } from "@livekit-replay/contract";
import type { Catalog, ClipRow } from "../../catalog/port.js";
import type { ClipCharges } from "../charges.js";
import type { ClipFiles } from "../finalise.js";
import type { SessionFolder } from "../paths.js";
import type { Pins } from "../pin.js";

/** What a survey looks at, and who mends. */
export interface SurveyOptions {
  readonly root: string;
  readonly catalog: Catalog;
  readonly charges: ClipCharges;
  readonly pins: Pins;
  readonly clips: ClipFiles;
  readonly graceMs: Millis;
  readonly now: WallMs;
  /** Unfinished work of the server from before this instant has no writer any more. */
  readonly serverDeadBefore: number;
  /** The same for recorders, which write into sessions' folders. */
  readonly recorderDeadBefore: number;
  /** Removes a session's whole folder. */
  readonly removeSession: (session: SessionFolder) => Promise<{ readonly failed: number }>;
  /** Brings a clip in state `deleting` to its end. */
  readonly finishDeletion: (clip: ClipRow) => Promise<void>;
}
