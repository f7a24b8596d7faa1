/** Sender reports find their track: by SSRC, and once the track has packets to relate them to. */
import type { ShareClock } from "../clock/share.js";
import type { SenderReport } from "../rtp/rtcp.js";
import type { ShareTrack } from "./options.js";

/** Reports of streams that are not known yet; more are from nobody. */
const maxEarly = 8;

/** Hands reports to the share's clock, those that come before their stream when it begins. */
export class SenderReports {
  readonly #clock: ShareClock;
  /** By SSRC, the newest of each. */
  readonly #early = new Map<number, SenderReport>();

  /** Nothing was reported yet. */
  constructor(clock: ShareClock) {
    this.#clock = clock;
  }

  /** Takes a report; `track` is null while no stream has its SSRC. */
  take(track: ShareTrack | null, report: SenderReport): void {
    if (track !== null && this.#clock.report(track, report)) return;
    this.#early.delete(report.ssrc);
    if (this.#early.size < maxEarly) this.#early.set(report.ssrc, report);
  }

  /** A stream has media: its early report counts now. Cheap when there is none. */
  begun(track: ShareTrack, ssrc: number | null): void {
    const report = ssrc === null ? undefined : this.#early.get(ssrc);
    if (report === undefined) return;
    this.#early.delete(report.ssrc);
    this.#clock.report(track, report);
  }
}
