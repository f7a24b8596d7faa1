/** Start-up and repair: what a crash left half done is taken back or brought to its end (storage.md, invariant 6). */
import type { Millis } from "@livekit-replay/contract";
import type { ClipRow } from "../catalog/port.js";
import { type Broken, type Finding, sameFinding } from "./check/finding.js";
import type { SurveyOptions } from "./check/options.js";
import { survey } from "./check/survey.js";
import type { Counters } from "./counters.js";
import { TMP_AGE } from "./expire.js";
import type { Logger } from "./log.js";

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
  /** What is broken and cannot be mended without a person, or failed to be (logged); and what is only worth knowing. */
  readonly remaining: readonly Finding[];
}

/** Everything of a survey but the instants, which depend on who asks. */
export type RecoveryOptions = Omit<SurveyOptions, "now" | "serverDeadBefore" | "recorderDeadBefore"> & {
  readonly clock: { now(): SurveyOptions["now"] };
  readonly logger: Logger;
  readonly counters: Counters;
  /** Between the two looks of a check. */
  readonly confirmMs: Millis;
};

/** A recorder whose server died may still be closing its last segment. */
const RECORDER_FAREWELL_MS = 60_000;
/** Finds and mends. One for a store. */
export class Recovery {
  private readonly options: RecoveryOptions;

  constructor(options: RecoveryOptions) {
    this.options = options;
  }

  /**
   * Mends everything that can be. An error at one thing does not stop the rest.
   * @param atStart nothing else of this server runs yet: unfinished work has no living writer, however young it is.
   */
  async recover(atStart: boolean): Promise<RecoverReport> {
    const { catalog } = this.options;
    const mended: Finding[] = [];
    const remaining: Finding[] = [];
    const before = new Map((await catalog.clips.all()).map((row) => [`clips/${row.id}`, row]));
    for (const broken of await this.survey(atStart)) ((await this.mend(broken)) ? mended : remaining).push(broken.finding);
    const rowsOf = (kind: Finding["kind"]): ClipRow[] =>
      mended.filter((finding) => finding.kind === kind).flatMap(({ row }) => before.get(row ?? "") ?? []);
    return {
      finalise: await catalog.clips.inState(["pinned"]),
      deleted: rowsOf("unfinished_deletion"),
      lost: rowsOf("files_gone"),
      mended,
      remaining,
    };
  }

  /** Every broken invariant that is there twice, a moment apart: work under way is not taken for one. Changes nothing. */
  async check(): Promise<Finding[]> {
    const first = (await this.survey(false)).map(({ finding }) => finding);
    if (first.length === 0) return [];
    await new Promise((resolve) => setTimeout(resolve, this.options.confirmMs));
    const second = (await this.survey(false)).map(({ finding }) => finding);
    return second.filter((finding) => first.some((other) => sameFinding(finding, other)));
  }

  private survey(atStart: boolean): Promise<Broken[]> {
    const { clock, ...options } = this.options;
    const now = clock.now();
    const age: Millis = TMP_AGE;
    return survey({
      ...options,
      now,
      serverDeadBefore: atStart ? Infinity : now - age,
      recorderDeadBefore: atStart ? now - RECORDER_FAREWELL_MS : now - age,
    });
  }

  private async mend({ finding, mend }: Broken): Promise<boolean> {
    if (mend === null) return false;
    const { logger, counters } = this.options;
    try {
      const done = await mend();
      counters.add(done ? "recovery_mended" : "recovery_not_mended");
      logger.warn({ ...finding, done }, "something in the store was broken");
      return done;
    } catch (error) {
      counters.add("recovery_failed");
      logger.error({ err: error, ...finding }, "something in the store is broken and could not be mended");
      return false;
    }
  }
}
