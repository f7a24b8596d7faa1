/** Start-up and repair: what a crash left half done is taken back or brought to its end (storage.md, invariant 6). */
import type { ClipRow } from "../catalog/port.js";
import type { Finding } from "./check.js";

/** What recovery found; files and rows are mended by then, but for what is listed to be done. */
export interface RecoverReport {
  /** `pinned` clips whose pins are there: to be finalised (again). */
  readonly finalise: readonly ClipRow[];
  /** `deleting` clips: deleted to the end by now. */
  readonly deleted: readonly ClipRow[];
  /** Clips marked `lost` by now. */
  readonly lost: readonly ClipRow[];
  /** Everything that was mended. */
  readonly mended: readonly Finding[];
  /** What is broken and cannot be mended without a person. */
  readonly remaining: readonly Finding[];
}
