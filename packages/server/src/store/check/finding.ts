/** What a check can find: one broken invariant of storage.md each, and how it is mended. */
import type { StoreFindingKind } from "@livekit-replay/contract";

/** See the contract. */
export type FindingKind = StoreFindingKind;

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
