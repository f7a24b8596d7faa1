/** Walks disk and catalogue and lists every broken invariant of `docs/design/storage.md`. Changes nothing. */

/** What can be broken. */
export type FindingKind =
  | "leftover_tmp"
  | "unknown_pins"
  | "unknown_poster"
  | "unknown_mp4"
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
  | "foreign";

/** One broken invariant (or, `foreign`, something that is not ours). */
export interface Finding {
  readonly kind: FindingKind;
  /** Number of the invariant in storage.md; null for `foreign`, which breaks none. */
  readonly invariant: 1 | 3 | 5 | 6 | 7 | null;
  /** Relative to the root; null when it is about rows only. */
  readonly path: string | null;
  /** For example `clips/{id}`; null when it is about files only. */
  readonly row: string | null;
  readonly detail: string;
}
