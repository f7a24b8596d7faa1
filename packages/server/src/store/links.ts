/** Hard links where the file system allows them, copies where it does not (other file system, foreign owner under `protected_hardlinks`). */
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, rename, stat } from "node:fs/promises";
import path from "node:path";
import type { Counters } from "./counters.js";
import { hasCode, removeFile, syncFile, undo, writeWhole } from "./files.js";
import type { Logger } from "./log.js";
import { TMP } from "./names.js";

const refused = ["EXDEV", "EPERM", "EACCES", "EMLINK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"] as const;
/** Refusals that are about one file only: another program's under `protected_hardlinks`, or one with too many links. */
const refusedForFile = ["EPERM", "EACCES", "EMLINK"] as const;

/** Knows whether links work; finds out at start, and again at each link. */
export class Linker {
  private readonly logger: Logger;
  private readonly counters: Counters;
  private refusal: string | null = null;
  /** The last refusal that was about one file, while links work for others. */
  private fileRefusal: string | null = null;

  constructor(logger: Logger, counters: Counters) {
    this.logger = logger;
    this.counters = counters;
  }

  /** Tries a link from one folder into another. Throws errors of the file system other than a refusal. */
  async probe(from: string, to: string): Promise<void> {
    const name = `link-probe-${randomUUID()}${TMP}`;
    const source = path.join(from, name);
    const target = path.join(to, name.replace("probe", "probed"));
    try {
      await writeWhole(source, new Uint8Array(1), { sync: false });
      await link(source, target);
    } catch (error) {
      if (!hasCode(error, ...refused)) throw error;
      this.refuse(error);
    } finally {
      await removeFile(target);
      await removeFile(source);
    }
  }

  /**
   * Puts a whole file into a folder under another name; answers how many bytes were copied (0 for a link). A copy is synced before it gets its name.
   * @throws errors of the file system: ENOENT when the file is gone; EEXIST when a link finds the target there (a copy replaces it).
   */
  async put(source: string, target: string): Promise<number> {
    if (this.refusal === null) {
      try {
        await link(source, target);
        return 0;
      } catch (error) {
        if (hasCode(error, ...refusedForFile)) this.refuseFile(error);
        else if (hasCode(error, ...refused)) this.refuse(error);
        else throw error;
      }
    }
    const tmp = target + TMP;
    try {
      await copyFile(source, tmp, constants.COPYFILE_FICLONE);
      await syncFile(tmp);
      const { size } = await stat(tmp);
      await rename(tmp, target);
      this.counters.add("pins_copied");
      return size;
    } catch (error) {
      throw await undo(error, [() => removeFile(tmp)]);
    }
  }

  /** `degraded` while pins are copies. */
  health(): { readonly status: "ok" | "degraded"; readonly detail?: string } {
    if (this.refusal === null && this.fileRefusal !== null)
      return {
        status: "degraded",
        detail: `Hard links are refused for some files (${this.fileRefusal}), those of another owner: clips of them are copied`,
      };
    if (this.refusal === null) return { status: "ok" };
    return { status: "degraded", detail: `Hard links are refused here (${this.refusal}): clips are copied when they are captured` };
  }

  private refuseFile(error: unknown): void {
    if (this.fileRefusal === null) this.logger.warn({ err: error }, "a hard link is refused for a file: it is copied");
    this.fileRefusal = codeOf(error);
  }

  private refuse(error: unknown): void {
    this.refusal = codeOf(error);
    this.logger.warn({ err: error }, "hard links are refused: pins are copies");
  }
}

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "unknown");
