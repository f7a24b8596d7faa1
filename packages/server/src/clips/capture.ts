/**
 * From a press to a clip: the tail, the plan, the charge, the pins, the row, the answer, in the order of birth that storage.md names.
 * The MP4 comes later (`finalise.ts`). Whatever fails takes back what was done before it.
 */
import type { CaptureRequest } from "@livekit-replay/contract";
import type { ClipRow, SessionRow } from "../catalog/port.js";
import type { Caller } from "../directory/port.js";

/** A press that was let through: the caller may capture this session (rights were asked before). */
export interface Press {
  readonly caller: Caller;
  readonly session: SessionRow;
  /** Name of the session's owner at this moment, kept with the clip. */
  readonly sharerName: string;
  readonly body: CaptureRequest;
  /** When the request arrived, wall time. */
  readonly arrivedAtMs: number;
  /** The `Idempotency-Key` header: the same key of the same caller gives the same clip. */
  readonly idempotencyKey: string | undefined;
}

export class ClipCapture {
  /**
   * Keeps the range as a clip of the caller, in state `pinned`: playable at once.
   * @throws ReplayError `no_segments`, `quota_exceeded`, `disk_full`, `invalid_request`; nothing is left behind then.
   */
  async capture(press: Press): Promise<ClipRow> {
    throw new Error(`being built ${press.session.id}`);
  }
}
