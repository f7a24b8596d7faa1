/** What a check can find: one broken invariant of storage.md each, and how it is mended. */

/**
 * `leftover_tmp` an unfinished file of a dead writer; `unknown_pins`, `unknown_poster`, `unknown_mp4` a clip's files without a row;
 * `unfinished_deletion` a clip in state `deleting`; `files_gone` a clip without its bytes; `files_back` a `lost` clip whose bytes are there again;
 * `unknown_aac` an MP4 with AAC sound that no clip has; `stray_aac` one that nobody is charged for;
 * `mp4_missing` a `ready` clip that has only its pins; `row_behind` a `pinned` clip that has only its MP4; `size_mismatch` an MP4 of another size than its row says;
 * `dead_reservation` bytes reserved for a clip that never came; `dead_charge` bytes of a clip that is gone; `charge_missing` a clip that counts for too little;
 * `charge_too_high` for too much; `balance_wrong` a balance that is not the sum of its clips; `orphaned_session` a session's folder without a row, longer than the grace;
 * `foreign` not ours, or not whole: left alone; `unreadable` the file system refuses to show it.
 */
export type FindingKind =
  | "leftover_tmp"
  | "unknown_pins"
  | "unknown_poster"
  | "unknown_mp4"
  | "unknown_aac"
  | "stray_aac"
  | "unfinished_deletion"
  | "files_gone"
  | "files_back"
  | "mp4_missing"
  | "row_behind"
  | "size_mismatch"
  | "dead_reservation"
  | "dead_charge"
  | "charge_missing"
  | "charge_too_high"
  | "balance_wrong"
  | "orphaned_session"
  | "foreign"
  | "unreadable";

/** One broken invariant, or something that is only worth knowing. */
export interface Finding {
  readonly kind: FindingKind;
  /** Number of the invariant in storage.md that is broken; null for `foreign`, which breaks none. */
  readonly invariant: 1 | 3 | 5 | 6 | 7 | null;
  /** Relative to the root; null when it is about rows only. */
  readonly path: string | null;
  /** For example `clips/{id}`; null when it is about files only. */
  readonly row: string | null;
  readonly detail: string;
}

/** A finding and its remedy. */
export interface Broken {
  readonly finding: Finding;
  /** Mends it; false when that was not needed or not possible any more. Null: only a person can. */
  readonly mend: (() => Promise<boolean>) | null;
}

/** Whether two findings are about the same thing. */
export const sameFinding = (a: Finding, b: Finding): boolean => a.kind === b.kind && a.path === b.path && a.row === b.row;

/** Findings that break an invariant; the others are only worth knowing. */
export const breaking = (findings: readonly Finding[]): Finding[] => findings.filter(({ invariant }) => invariant !== null);
