/** The check as a command: prints what is broken, mends it when told to, and says by its exit code whether something is left. */
import { breaking, type Finding } from "./check/finding.js";
import type { Store } from "./open.js";

/** What the command was asked for. */
export interface CheckCommandOptions {
  readonly store: Pick<Store, "check" | "recover">;
  /** `--repair`. */
  readonly repair: boolean;
  /** Takes one line. */
  readonly print: (line: string) => void;
}

const line = ({ kind, invariant, path, row, detail }: Finding): string =>
  [invariant === null ? "note" : "broken", kind, path, row, detail + (invariant === null ? "" : ` (invariant ${invariant})`)]
    .filter((part) => part !== null)
    .join("  ");

/** Checks, and with `repair` mends first. Answers the exit code: 0 when no invariant is broken, else 1. Throws errors of the database. */
export async function checkCommand({ store, repair, print }: CheckCommandOptions): Promise<0 | 1> {
  if (repair) {
    const { mended, finalise } = await store.recover();
    for (const finding of mended) print(`mended  ${line(finding)}`);
    print(`${mended.length} mended; ${finalise.length} clips wait for their MP4, which the server makes`);
  }
  const findings = await store.check();
  for (const finding of findings) print(line(finding));
  const broken = breaking(findings).length;
  print(broken === 0 ? `No invariant is broken (${findings.length} notes)` : `${broken} broken`);
  return broken === 0 ? 0 : 1;
}
