/** What lies where it should not: not part of the layout, unreadable, or left by a dead writer. */
import { lstat } from "node:fs/promises";
import path from "node:path";
import { hasCode } from "../files.js";
import type { Broken } from "./finding.js";
import type { Place } from "./walk.js";

/** A path as a finding names it. */
export const shown = (root: string, absolute: string): string => path.relative(root, absolute);

/** What is not part of the layout, or cannot be read. */
export function oddPlace(root: string, place: Extract<Place, { kind: "foreign" | "unreadable" }>): Broken {
  const base = { path: shown(root, place.path), row: null, invariant: null };
  if (place.kind === "foreign") return { finding: { ...base, kind: "foreign", detail: "Not part of the layout; left alone" }, mend: null };
  const code = place.error instanceof Error && "code" in place.error ? String(place.error.code) : "unknown error";
  return {
    finding: { ...base, kind: "unreadable", invariant: 6, detail: `Cannot be read (${code}); what belongs to it was not checked` },
    mend: null,
  };
}

/** Last change of a file, in Unix ms; 0 when it is gone. */
export async function changedAt(file: string): Promise<number> {
  try {
    return (await lstat(file)).mtimeMs;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return 0;
    throw error;
  }
}

/** An unfinished file whose writer is dead. */
export function leftover(root: string, file: string, remove: () => Promise<unknown>): Broken {
  const finding = {
    kind: "leftover_tmp",
    invariant: 6,
    path: shown(root, file),
    row: null,
    detail: "Unfinished, and its writer is gone",
  } as const;
  return {
    finding,
    mend: async () => {
      await remove();
      return true;
    },
  };
}
